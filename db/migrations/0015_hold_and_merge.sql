DROP INDEX "updates_seq";--> statement-breakpoint
ALTER TABLE "incidents" ADD COLUMN "backfilled" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "updates" ADD COLUMN "held_post" jsonb;--> statement-breakpoint
ALTER TABLE "updates" ADD COLUMN "merged_into" text;--> statement-breakpoint
ALTER TABLE "updates" ADD CONSTRAINT "updates_merged_into_incidents_id_fk" FOREIGN KEY ("merged_into") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "updates_held" ON "updates" USING btree ("incident_id") WHERE "updates"."state" = 'held';--> statement-breakpoint
CREATE INDEX "updates_incident" ON "updates" USING btree ("incident_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "updates_seq" ON "updates" USING btree ("incident_id","seq") WHERE "updates"."state" = 'published';--> statement-breakpoint
ALTER TABLE "updates" ADD CONSTRAINT "updates_held_post" CHECK (("updates"."state" = 'published') = ("updates"."held_post" is null));--> statement-breakpoint
ALTER TABLE "updates" ADD CONSTRAINT "updates_release" CHECK ("updates"."state" <> 'held' or "updates"."release_at" is not null);
--> statement-breakpoint
-- A held update may still become a published or a recalled one; those are final.
CREATE OR REPLACE FUNCTION refuse_edit_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state <> 'held' THEN
    RAISE EXCEPTION 'a % update is never edited; publish a correction', OLD.state USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
-- Readers of an incident that became part of another are led to that one.
CREATE OR REPLACE VIEW public_updates AS
  SELECT updates.id, updates.incident_id, updates.seq, updates.status, updates.severity, updates.headline, updates.body,
         updates.no_change, updates.affected, updates.published_at, updates.next_update_due_at,
         updates.answered_due_at, updates.promise_kept, updates.notify, updates.retraction_reason, updates.merged_into
  FROM updates JOIN public_incidents ON public_incidents.id = updates.incident_id
  WHERE updates.state = 'published' AND updates.audience = 'public';
