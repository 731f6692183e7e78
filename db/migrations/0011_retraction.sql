ALTER TABLE "updates" ADD COLUMN "retraction_reason" text;--> statement-breakpoint
-- A retraction tells outsiders why; the page marks the update that says so.
CREATE OR REPLACE VIEW public_updates AS
  SELECT updates.id, updates.incident_id, updates.seq, updates.status, updates.severity, updates.headline, updates.body,
         updates.no_change, updates.affected, updates.published_at, updates.next_update_due_at,
         updates.answered_due_at, updates.promise_kept, updates.notify, updates.retraction_reason
  FROM updates JOIN public_incidents ON public_incidents.id = updates.incident_id
  WHERE updates.state = 'published' AND updates.audience = 'public';
