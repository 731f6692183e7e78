ALTER TABLE "incidents" ADD COLUMN "public_since" timestamp (3) with time zone;--> statement-breakpoint
-- Outsiders have heard of what had its first public update until now; a holding notice may come before that one from now on.
UPDATE incidents SET public_since = first_public_update_at;
--> statement-breakpoint
CREATE OR REPLACE VIEW public_incidents AS
  SELECT id, title, severity, status, retracted, started_at, resolved_at, mitigated_at, first_public_update_at,
         next_update_due_at, (late_seq IS NOT NULL AND late_seq = deadline_seq) AS is_late, deadline_seq, created_at
  FROM incidents
  WHERE visibility = 'public' AND kind = 'incident' AND public_since IS NOT NULL
    AND id <> ALL ((SELECT hidden_incident_ids())::text[]);
--> statement-breakpoint
CREATE OR REPLACE VIEW component_states AS
  SELECT components.id, coalesce(held.status, components.status) AS status
  FROM components
  LEFT JOIN (
    SELECT component_id, (array_agg(status ORDER BY status_badness(status) DESC))[1] AS status
    FROM (
      SELECT hold.component_id, hold.status
      FROM incidents JOIN incident_components AS hold ON hold.incident_id = incidents.id
      WHERE incidents.status <> 'resolved' AND incidents.visibility = 'public' AND incidents.kind = 'incident'
        AND incidents.public_since IS NOT NULL
      UNION ALL
      SELECT work.component_id, 'under_maintenance'
      FROM maintenances JOIN maintenance_components AS work ON work.maintenance_id = maintenances.id
      WHERE maintenances.ended_at IS NULL AND maintenances.status IN ('in_progress', 'verifying')
    ) AS hold
    GROUP BY component_id
  ) AS held ON held.component_id = components.id
  WHERE components.archived_at IS NULL;
