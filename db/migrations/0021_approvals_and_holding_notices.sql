CREATE TABLE "approvals" (
	"update_id" text PRIMARY KEY NOT NULL,
	"asked_at" timestamp (3) with time zone NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"held_until" timestamp (3) with time zone NOT NULL,
	"outcome" text,
	"decided_at" timestamp (3) with time zone,
	"decided_by_id" text,
	"reason" text,
	CONSTRAINT "approvals_outcome" CHECK ("approvals"."outcome" is null or "approvals"."outcome" in ('approved', 'glass_broken', 'lapsed')),
	CONSTRAINT "approvals_decided" CHECK (("approvals"."outcome" is null) = ("approvals"."decided_at" is null)),
	CONSTRAINT "approvals_approver" CHECK ("approvals"."outcome" is distinct from 'approved' or "approvals"."decided_by_id" is not null),
	CONSTRAINT "approvals_reason" CHECK (("approvals"."outcome" is not distinct from 'glass_broken') = ("approvals"."reason" is not null))
);
--> statement-breakpoint
CREATE TABLE "holding_notices" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"after_seq" integer NOT NULL,
	"words" jsonb NOT NULL,
	"published_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "staff_replies" DROP CONSTRAINT "staff_replies_outcome";--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "holding_notice_id" text;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_update_id_updates_id_fk" FOREIGN KEY ("update_id") REFERENCES "public"."updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "approvals" ADD CONSTRAINT "approvals_decided_by_id_people_id_fk" FOREIGN KEY ("decided_by_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "holding_notices" ADD CONSTRAINT "holding_notices_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "holding_notices_silence" ON "holding_notices" USING btree ("incident_id","after_seq");--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_holding_notice_id_holding_notices_id_fk" FOREIGN KEY ("holding_notice_id") REFERENCES "public"."holding_notices"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "announcements_holding_notice" ON "announcements" USING btree ("holding_notice_id");--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'holding_notice', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice', 'guard', 'approval', 'answer', 'handover', 'briefing', 'briefing_alert', 'decision_answer', 'decision_reminder'));--> statement-breakpoint
ALTER TABLE "staff_replies" ADD CONSTRAINT "staff_replies_outcome" CHECK ("staff_replies"."outcome" in ('published', 'no_change', 'awaits_approval', 'took', 'snoozed', 'already_said', 'resolved', 'no_code', 'code_unknown', 'code_used', 'code_expired', 'may_not', 'unproven', 'empty', 'unclear', 'quoted', 'opted_out', 'refused'));
--> statement-breakpoint
-- A cadence answers the term as every other: none.
UPDATE cadence_policies SET policy = (
  SELECT jsonb_object_agg(key, CASE WHEN key LIKE 'SEV_' THEN '{"approval": null}'::jsonb || value ELSE value END)
  FROM jsonb_each(policy));

--> statement-breakpoint
CREATE TRIGGER holding_notices_append_only BEFORE UPDATE OR DELETE ON holding_notices FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE VIEW public_holding_notices AS
  SELECT holding_notices.id, holding_notices.incident_id, holding_notices.after_seq, holding_notices.words,
         holding_notices.published_at
  FROM holding_notices JOIN public_incidents ON public_incidents.id = holding_notices.incident_id;
