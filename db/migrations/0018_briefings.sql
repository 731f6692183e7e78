CREATE TABLE "briefing_clocks" (
	"incident_id" text PRIMARY KEY NOT NULL,
	"severity" text NOT NULL,
	"status" text NOT NULL,
	"deadline_seq" integer DEFAULT 1 NOT NULL,
	"since" timestamp (3) with time zone NOT NULL,
	"due_at" timestamp (3) with time zone,
	"next_rung_at" timestamp (3) with time zone,
	"cadence_version" integer NOT NULL,
	CONSTRAINT "briefing_clocks_severity" CHECK ("briefing_clocks"."severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4')),
	CONSTRAINT "briefing_clocks_status" CHECK ("briefing_clocks"."status" in ('investigating', 'identified', 'monitoring', 'resolved'))
);
--> statement-breakpoint
CREATE TABLE "briefing_receipts" (
	"briefing_id" text NOT NULL,
	"person_id" text NOT NULL,
	"read_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"way" text NOT NULL,
	CONSTRAINT "briefing_receipts_briefing_id_person_id_pk" PRIMARY KEY("briefing_id","person_id"),
	CONSTRAINT "briefing_receipts_way" CHECK ("briefing_receipts"."way" in ('button', 'script'))
);
--> statement-breakpoint
CREATE TABLE "briefing_recipients" (
	"id" text PRIMARY KEY NOT NULL,
	"briefing_id" text NOT NULL,
	"person_id" text NOT NULL,
	"channels" jsonb NOT NULL,
	"link_expires_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "briefing_rules" (
	"position" integer PRIMARY KEY NOT NULL,
	"to_people" jsonb NOT NULL,
	"severities" jsonb NOT NULL,
	"components" jsonb NOT NULL,
	"business_unit" text,
	"channels" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "briefings" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"seq" integer NOT NULL,
	"severity" text NOT NULL,
	"status" text NOT NULL,
	"headline" text NOT NULL,
	"situation" text NOT NULL,
	"customer_impact" text NOT NULL,
	"customers_affected" integer,
	"business_impact" text NOT NULL,
	"support_load" text NOT NULL,
	"actions" jsonb,
	"eta" timestamp (3) with time zone,
	"confidence" text NOT NULL,
	"word_count" integer NOT NULL,
	"author_id" text,
	"author_key_id" text,
	"published_at" timestamp (3) with time zone NOT NULL,
	"next_briefing_due_at" timestamp (3) with time zone,
	"update_id" text,
	CONSTRAINT "briefings_severity" CHECK ("briefings"."severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4')),
	CONSTRAINT "briefings_status" CHECK ("briefings"."status" in ('investigating', 'identified', 'monitoring', 'resolved')),
	CONSTRAINT "briefings_confidence" CHECK ("briefings"."confidence" in ('low', 'medium', 'high', 'unknown')),
	CONSTRAINT "briefings_last" CHECK ("briefings"."status" <> 'resolved' or "briefings"."next_briefing_due_at" is null)
);
--> statement-breakpoint
CREATE TABLE "decisions" (
	"briefing_id" text PRIMARY KEY NOT NULL,
	"question" text NOT NULL,
	"advice" text NOT NULL,
	"person_id" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"answer" text,
	"comment" text,
	"answered_by" text,
	"answered_at" timestamp (3) with time zone,
	"reminders" integer DEFAULT 0 NOT NULL,
	"next_reminder_at" timestamp (3) with time zone,
	CONSTRAINT "decisions_answer" CHECK ("decisions"."answer" is null or "decisions"."answer" in ('approved', 'not_yet', 'comment')),
	CONSTRAINT "decisions_answered" CHECK (("decisions"."answer" is null) = ("decisions"."answered_at" is null)),
	CONSTRAINT "decisions_comment" CHECK ("decisions"."answer" is distinct from 'comment' or "decisions"."comment" is not null),
	CONSTRAINT "decisions_no_reminder_when_answered" CHECK ("decisions"."answer" is null or "decisions"."next_reminder_at" is null)
);
--> statement-breakpoint
ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_lane";--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "briefing_id" text;--> statement-breakpoint
ALTER TABLE "briefing_clocks" ADD CONSTRAINT "briefing_clocks_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefing_receipts" ADD CONSTRAINT "briefing_receipts_briefing_id_briefings_id_fk" FOREIGN KEY ("briefing_id") REFERENCES "public"."briefings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefing_receipts" ADD CONSTRAINT "briefing_receipts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefing_recipients" ADD CONSTRAINT "briefing_recipients_briefing_id_briefings_id_fk" FOREIGN KEY ("briefing_id") REFERENCES "public"."briefings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefing_recipients" ADD CONSTRAINT "briefing_recipients_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefings" ADD CONSTRAINT "briefings_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefings" ADD CONSTRAINT "briefings_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefings" ADD CONSTRAINT "briefings_author_key_id_api_keys_id_fk" FOREIGN KEY ("author_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "briefings" ADD CONSTRAINT "briefings_update_id_updates_id_fk" FOREIGN KEY ("update_id") REFERENCES "public"."updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_briefing_id_briefings_id_fk" FOREIGN KEY ("briefing_id") REFERENCES "public"."briefings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_answered_by_people_id_fk" FOREIGN KEY ("answered_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "briefing_clocks_rung" ON "briefing_clocks" USING btree ("next_rung_at") WHERE "briefing_clocks"."next_rung_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "briefing_recipients_once" ON "briefing_recipients" USING btree ("briefing_id","person_id");--> statement-breakpoint
CREATE UNIQUE INDEX "briefings_seq" ON "briefings" USING btree ("incident_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "briefings_update" ON "briefings" USING btree ("update_id") WHERE "briefings"."update_id" is not null;--> statement-breakpoint
CREATE INDEX "briefings_published" ON "briefings" USING btree ("published_at");--> statement-breakpoint
CREATE INDEX "decisions_reminder" ON "decisions" USING btree ("next_reminder_at") WHERE "decisions"."next_reminder_at" is not null;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_briefing_id_briefings_id_fk" FOREIGN KEY ("briefing_id") REFERENCES "public"."briefings"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice', 'guard', 'answer', 'handover', 'briefing', 'briefing_alert', 'decision_answer', 'decision_reminder'));--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_lane" CHECK ("deliveries"."lane" in ('staff', 'executive', 'public'));--> statement-breakpoint
CREATE TRIGGER briefings_append_only BEFORE UPDATE OR DELETE ON briefings FOR EACH ROW EXECUTE FUNCTION refuse_change();
