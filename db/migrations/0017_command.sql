ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "timeline_entry_id" text;--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "commanded_since" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_timeline_entry_id_timeline_entries_id_fk" FOREIGN KEY ("timeline_entry_id") REFERENCES "public"."timeline_entries"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice', 'guard', 'answer', 'handover'));
--> statement-breakpoint
UPDATE "incidents" SET "commanded_since" = coalesce("acknowledged_at", "declared_at") WHERE "commander_id" is not null;
