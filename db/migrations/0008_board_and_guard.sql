ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "guards_id" text;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_guards_id_announcements_id_fk" FOREIGN KEY ("guards_id") REFERENCES "public"."announcements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "announcements_guards" ON "announcements" USING btree ("guards_id");--> statement-breakpoint
CREATE INDEX "announcements_volume" ON "announcements" USING btree ("created_at") WHERE "announcements"."kind" in ('update', 'correction', 'maintenance');--> statement-breakpoint
CREATE INDEX "announcements_guarded" ON "announcements" USING btree ("guarded_at") WHERE "announcements"."guarded_at" is not null and "announcements"."fanned_out_at" is null;--> statement-breakpoint
CREATE INDEX "deliveries_board" ON "deliveries" USING btree ("update_id","channel","state") WHERE "deliveries"."update_id" is not null;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice', 'guard'));