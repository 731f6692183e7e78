ALTER TABLE "site_changes" ADD COLUMN "moved_entry" boolean DEFAULT true NOT NULL;--> statement-breakpoint
-- What is hidden, as lists that are made once for a statement by functions, whose plans a session keeps: written out in
-- the views below, it cost each query more to plan than to run.
CREATE FUNCTION hidden_component_ids() RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN ARRAY(SELECT component_id FROM hidden_components); END $$;
--> statement-breakpoint
CREATE FUNCTION hidden_incident_ids() RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN ARRAY(SELECT incident_id FROM hidden_incidents); END $$;
--> statement-breakpoint
CREATE FUNCTION hidden_maintenance_ids() RETURNS text[] LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN ARRAY(SELECT maintenance_id FROM hidden_maintenances); END $$;
--> statement-breakpoint
CREATE OR REPLACE VIEW public_incidents AS
  SELECT id, title, severity, status, retracted, started_at, resolved_at, mitigated_at, first_public_update_at,
         next_update_due_at, (late_seq IS NOT NULL AND late_seq = deadline_seq) AS is_late, deadline_seq, created_at
  FROM incidents
  WHERE visibility = 'public' AND kind = 'incident' AND first_public_update_at IS NOT NULL
    AND id <> ALL ((SELECT hidden_incident_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW followable_incidents AS
  SELECT id, title, started_at FROM incidents
  WHERE visibility = 'public' AND id <> ALL ((SELECT hidden_incident_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW public_updates AS
  SELECT updates.id, updates.incident_id, updates.seq, updates.status, updates.severity, updates.headline, updates.body,
         updates.no_change,
         CASE WHEN (SELECT hidden_component_ids()) <> '{}' THEN (
           SELECT coalesce(jsonb_agg(told.component ORDER BY told.place), '[]'::jsonb)
           FROM jsonb_array_elements(updates.affected) WITH ORDINALITY AS told (component, place)
           WHERE told.component ->> 'id' <> ALL ((SELECT hidden_component_ids())::text[])
         ) ELSE updates.affected END AS affected,
         updates.published_at, updates.next_update_due_at, updates.answered_due_at, updates.promise_kept, updates.notify,
         updates.retraction_reason,
         (SELECT other.id FROM public_incidents AS other WHERE other.id = updates.merged_into) AS merged_into
  FROM updates JOIN public_incidents ON public_incidents.id = updates.incident_id
  WHERE updates.state = 'published' AND updates.audience = 'public';
--> statement-breakpoint
CREATE OR REPLACE VIEW public_incident_components AS
  SELECT incident_components.incident_id, incident_components.component_id, incident_components.status
  FROM incident_components JOIN public_incidents ON public_incidents.id = incident_components.incident_id
  WHERE incident_components.component_id <> ALL ((SELECT hidden_component_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW public_maintenances AS
  SELECT id, title, body, status, scheduled_for, scheduled_until, started_at, ended_at, (rrule IS NOT NULL) AS recurs,
         sequence, created_at
  FROM maintenances
  WHERE id <> ALL ((SELECT hidden_maintenance_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW public_maintenance_updates AS
  SELECT id, maintenance_id, seq, step, status, body, notify, published_at FROM maintenance_updates
  WHERE step <> 'reminder' AND maintenance_id <> ALL ((SELECT hidden_maintenance_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW public_maintenance_components AS
  SELECT maintenance_id, component_id FROM maintenance_components
  WHERE maintenance_id <> ALL ((SELECT hidden_maintenance_ids())::text[])
    AND component_id <> ALL ((SELECT hidden_component_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW public_spans AS
  SELECT component_id, status, started_at, ended_at FROM component_spans
  WHERE component_id <> ALL ((SELECT hidden_component_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW shown_components AS
  SELECT components.id, components.name, components.description, components.group_id, components.position,
         components.start_date, components.only_show_if_degraded, components.created_at, components.updated_at,
         component_states.status
  FROM components JOIN component_states ON component_states.id = components.id
  WHERE components.id <> ALL ((SELECT hidden_component_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW shown_groups AS
  SELECT id, name, description, position, created_at, updated_at FROM component_groups
  WHERE archived_at IS NULL AND (
    EXISTS (SELECT FROM shown_components WHERE shown_components.group_id = component_groups.id)
    OR NOT EXISTS (
      SELECT FROM components
      WHERE components.group_id = component_groups.id
        AND components.id = ANY ((SELECT hidden_component_ids())::text[])));
--> statement-breakpoint
CREATE OR REPLACE VIEW public_changes AS
  SELECT revision, topic, incident_id, maintenance_id, component_id, moved_components, left_month, at, moved_entry FROM site_changes
  WHERE (incident_id IS NULL OR incident_id <> ALL ((SELECT hidden_incident_ids())::text[]))
    AND (maintenance_id IS NULL OR maintenance_id <> ALL ((SELECT hidden_maintenance_ids())::text[]))
    AND (component_id IS NULL OR component_id <> ALL ((SELECT hidden_component_ids())::text[]));
