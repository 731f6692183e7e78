-- What the database itself refuses, whatever the code does.

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
--> statement-breakpoint
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE ON audit_log FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER audit_log_no_truncate BEFORE TRUNCATE ON audit_log FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE TRIGGER timeline_append_only BEFORE UPDATE OR DELETE ON timeline_entries FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
CREATE FUNCTION refuse_edit_of_published() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.state = 'published' THEN
    RAISE EXCEPTION 'a published update is never edited; publish a correction' USING ERRCODE = 'integrity_constraint_violation';
  END IF;
  RETURN NEW;
END $$;
--> statement-breakpoint
CREATE TRIGGER updates_immutable BEFORE UPDATE OR DELETE ON updates FOR EACH ROW EXECUTE FUNCTION refuse_edit_of_published();
--> statement-breakpoint
INSERT INTO site_revision (revision) VALUES (0);
--> statement-breakpoint
-- What outsiders may see. The publisher reads these views and no table that holds internal words. An incident becomes
-- public with its first public words, not with its declaration.
CREATE VIEW public_incidents AS
  SELECT id, title, severity, status, retracted, started_at, resolved_at, mitigated_at, first_public_update_at,
         next_update_due_at, (late_seq IS NOT NULL AND late_seq = deadline_seq) AS is_late, deadline_seq, created_at
  FROM incidents
  -- Declared without words, an incident is not public yet: the first update makes it so.
  WHERE visibility = 'public' AND kind = 'incident' AND first_public_update_at IS NOT NULL;
--> statement-breakpoint
CREATE VIEW public_updates AS
  SELECT updates.id, updates.incident_id, updates.seq, updates.status, updates.severity, updates.headline, updates.body,
         updates.no_change, updates.affected, updates.published_at, updates.next_update_due_at,
         updates.answered_due_at, updates.promise_kept, updates.notify
  FROM updates JOIN public_incidents ON public_incidents.id = updates.incident_id
  WHERE updates.state = 'published' AND updates.audience = 'public';
--> statement-breakpoint
CREATE VIEW public_incident_components AS
  SELECT incident_components.incident_id, incident_components.component_id, incident_components.status
  FROM incident_components JOIN public_incidents ON public_incidents.id = incident_components.incident_id;
--> statement-breakpoint
-- What each component is shown as (contract section 4): the worst that open public incidents hold, else as set by hand.
CREATE FUNCTION status_badness(status text) RETURNS int LANGUAGE sql IMMUTABLE AS $$
  SELECT array_position(ARRAY['operational', 'under_maintenance', 'degraded_performance', 'partial_outage', 'major_outage'], status)
$$;
--> statement-breakpoint
CREATE VIEW shown_components AS
  SELECT components.id, components.name, components.description, components.group_id, components.position,
         components.start_date, components.only_show_if_degraded, components.created_at, components.updated_at,
         coalesce(held.status, components.status) AS status
  FROM components
  LEFT JOIN LATERAL (
    SELECT hold.status
    FROM public_incident_components AS hold JOIN public_incidents ON public_incidents.id = hold.incident_id
    WHERE hold.component_id = components.id AND public_incidents.status <> 'resolved'
    ORDER BY status_badness(hold.status) DESC LIMIT 1
  ) AS held ON true
  WHERE components.archived_at IS NULL;
--> statement-breakpoint
-- An identifier like the ones `newId` makes, for rows born in the database: 12 characters [a-z0-9] holding 60 random bits.
-- The letters of a UUID's base64 that its version and variant leave alone; one expression, so that it costs no call.
CREATE FUNCTION new_id() RETURNS text LANGUAGE sql VOLATILE AS $$
  SELECT overlay(lower(translate(left(encode(uuid_send(gen_random_uuid()), 'base64'), 15), '+/', 'xy')) PLACING '' FROM 9 FOR 3)
$$;
--> statement-breakpoint
-- Promises about which a carrier has taken an alert to the team; that there is one is all that outsiders may know.
CREATE VIEW public_alerted AS
  SELECT DISTINCT alerts.incident_id, alerts.deadline_seq
  FROM alerts JOIN public_incidents ON public_incidents.id = alerts.incident_id
  WHERE alerts.accepted_at IS NOT NULL AND alerts.audience = 'public';
