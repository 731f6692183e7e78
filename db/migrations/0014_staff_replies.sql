CREATE TABLE "reply_codes" (
	"id" text PRIMARY KEY NOT NULL,
	"announcement_id" text NOT NULL,
	"person_id" text NOT NULL,
	"incident_id" text NOT NULL,
	"sealed_code" text NOT NULL,
	"code_hash" text NOT NULL,
	"update_seq" integer NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"closed_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "staff_replies" (
	"id" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"door" text NOT NULL,
	"incident_id" text,
	"outcome" text NOT NULL,
	"update_id" text,
	"detail" text,
	"until" timestamp (3) with time zone,
	"announcement_id" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "staff_replies_announcement_id_unique" UNIQUE("announcement_id"),
	CONSTRAINT "staff_replies_door" CHECK ("staff_replies"."door" in ('sms', 'email')),
	CONSTRAINT "staff_replies_outcome" CHECK ("staff_replies"."outcome" in ('published', 'no_change', 'took', 'snoozed', 'already_said', 'resolved', 'no_code', 'code_unknown', 'code_used', 'code_expired', 'may_not', 'unproven', 'empty', 'unclear', 'quoted', 'opted_out', 'refused'))
);
--> statement-breakpoint
ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "reply_codes" ADD CONSTRAINT "reply_codes_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_codes" ADD CONSTRAINT "reply_codes_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "reply_codes" ADD CONSTRAINT "reply_codes_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_replies" ADD CONSTRAINT "staff_replies_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_replies" ADD CONSTRAINT "staff_replies_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_replies" ADD CONSTRAINT "staff_replies_update_id_updates_id_fk" FOREIGN KEY ("update_id") REFERENCES "public"."updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_replies" ADD CONSTRAINT "staff_replies_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "reply_codes_told" ON "reply_codes" USING btree ("announcement_id","person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "reply_codes_live" ON "reply_codes" USING btree ("code_hash") WHERE "reply_codes"."closed_at" is null;--> statement-breakpoint
CREATE INDEX "reply_codes_person" ON "reply_codes" USING btree ("person_id","code_hash");--> statement-breakpoint
CREATE INDEX "staff_replies_person" ON "staff_replies" USING btree ("person_id","created_at");--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice', 'guard', 'answer'));