-- What the database itself refuses, and what outsiders may see, of corrections and maintenance.

CREATE TRIGGER corrections_append_only BEFORE UPDATE OR DELETE ON corrections FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER maintenance_updates_append_only BEFORE UPDATE OR DELETE ON maintenance_updates FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE VIEW public_corrections AS
  SELECT corrections.id, corrections.update_id, corrections.incident_id, corrections.body, corrections.previous_body,
         corrections.reason, corrections.notify, corrections.created_at
  FROM corrections JOIN public_updates ON public_updates.id = corrections.update_id;
--> statement-breakpoint
CREATE VIEW public_maintenances AS
  SELECT id, title, body, status, scheduled_for, scheduled_until, started_at, ended_at, (rrule IS NOT NULL) AS recurs,
         sequence, created_at
  FROM maintenances;
--> statement-breakpoint
-- A reminder is told to those who asked to hear and says nothing new.
CREATE VIEW public_maintenance_updates AS
  SELECT id, maintenance_id, seq, step, status, body, notify, published_at FROM maintenance_updates WHERE step <> 'reminder';
--> statement-breakpoint
CREATE VIEW public_maintenance_components AS
  SELECT maintenance_id, component_id FROM maintenance_components;
--> statement-breakpoint
CREATE VIEW public_spans AS
  SELECT component_id, status, started_at, ended_at FROM component_spans;
--> statement-breakpoint
-- What each component is shown as (contract section 4): the worst that open public incidents and running maintenance
-- hold, else as set by hand. It goes out from what is open, which is little, and never looks at what is over.
CREATE OR REPLACE VIEW shown_components AS
  SELECT components.id, components.name, components.description, components.group_id, components.position,
         components.start_date, components.only_show_if_degraded, components.created_at, components.updated_at,
         coalesce(held.status, components.status) AS status
  FROM components
  LEFT JOIN (
    SELECT component_id, (array_agg(status ORDER BY status_badness(status) DESC))[1] AS status
    FROM (
      SELECT hold.component_id, hold.status
      FROM public_incidents JOIN incident_components AS hold ON hold.incident_id = public_incidents.id
      WHERE public_incidents.status <> 'resolved'
      UNION ALL
      SELECT work.component_id, 'under_maintenance'
      FROM maintenances JOIN maintenance_components AS work ON work.maintenance_id = maintenances.id
      WHERE maintenances.ended_at IS NULL AND maintenances.status IN ('in_progress', 'verifying')
    ) AS hold
    GROUP BY component_id
  ) AS held ON held.component_id = components.id
  WHERE components.archived_at IS NULL;
