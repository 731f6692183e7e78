CREATE TABLE "audiences" (
	"id" text PRIMARY KEY NOT NULL,
	"slug" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "audiences_slug_unique" UNIQUE("slug")
);
--> statement-breakpoint
CREATE TABLE "component_audiences" (
	"component_id" text NOT NULL,
	"audience_id" text NOT NULL,
	CONSTRAINT "component_audiences_component_id_audience_id_pk" PRIMARY KEY("component_id","audience_id")
);
--> statement-breakpoint
CREATE TABLE "page_links" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"audience_id" text,
	"name" text NOT NULL,
	"token_hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	"last_used_at" timestamp (3) with time zone,
	CONSTRAINT "page_links_kind" CHECK ("page_links"."kind" in ('audience', 'staff')),
	CONSTRAINT "page_links_audience" CHECK (("page_links"."kind" = 'audience') = ("page_links"."audience_id" is not null))
);
--> statement-breakpoint
CREATE TABLE "sign_up_links" (
	"confirmation_id" text PRIMARY KEY NOT NULL,
	"link_id" text NOT NULL
);
--> statement-breakpoint
CREATE TABLE "subscriber_links" (
	"subscriber_id" text NOT NULL,
	"link_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "subscriber_links_subscriber_id_link_id_pk" PRIMARY KEY("subscriber_id","link_id")
);
--> statement-breakpoint
CREATE TABLE "staff_notes" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"author_id" text,
	"author_key_id" text,
	"at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "staff_notes_kind" CHECK ("staff_notes"."kind" in ('note', 'answer', 'workaround'))
);
--> statement-breakpoint
ALTER TABLE "site_changes" DROP CONSTRAINT "site_changes_topic";--> statement-breakpoint
ALTER TABLE "component_audiences" ADD CONSTRAINT "component_audiences_component_id_components_id_fk" FOREIGN KEY ("component_id") REFERENCES "public"."components"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "component_audiences" ADD CONSTRAINT "component_audiences_audience_id_audiences_id_fk" FOREIGN KEY ("audience_id") REFERENCES "public"."audiences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "page_links" ADD CONSTRAINT "page_links_audience_id_audiences_id_fk" FOREIGN KEY ("audience_id") REFERENCES "public"."audiences"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_up_links" ADD CONSTRAINT "sign_up_links_confirmation_id_confirmations_id_fk" FOREIGN KEY ("confirmation_id") REFERENCES "public"."confirmations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sign_up_links" ADD CONSTRAINT "sign_up_links_link_id_page_links_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."page_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriber_links" ADD CONSTRAINT "subscriber_links_subscriber_id_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "public"."subscribers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscriber_links" ADD CONSTRAINT "subscriber_links_link_id_page_links_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."page_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_notes" ADD CONSTRAINT "staff_notes_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_notes" ADD CONSTRAINT "staff_notes_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_notes" ADD CONSTRAINT "staff_notes_author_key_id_api_keys_id_fk" FOREIGN KEY ("author_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "component_audiences_audience" ON "component_audiences" USING btree ("audience_id");--> statement-breakpoint
CREATE UNIQUE INDEX "page_links_token" ON "page_links" USING btree ("token_hash");--> statement-breakpoint
CREATE INDEX "page_links_of" ON "page_links" USING btree ("audience_id");--> statement-breakpoint
CREATE INDEX "subscriber_links_link" ON "subscriber_links" USING btree ("link_id");--> statement-breakpoint
CREATE INDEX "staff_notes_incident" ON "staff_notes" USING btree ("incident_id","at");--> statement-breakpoint
CREATE INDEX "staff_notes_newest" ON "staff_notes" USING btree ("at");--> statement-breakpoint
ALTER TABLE "site_changes" ADD CONSTRAINT "site_changes_topic" CHECK ("site_changes"."topic" in ('incident', 'maintenance', 'component', 'components', 'audiences', 'organisation', 'day'));--> statement-breakpoint
-- Private components, and the eyes that may see them.

CREATE TRIGGER staff_notes_append_only BEFORE UPDATE OR DELETE ON staff_notes FOR EACH ROW EXECUTE FUNCTION refuse_change();
--> statement-breakpoint
-- Which links let which subscriber hear what is private, as things stand now.
CREATE VIEW subscriber_rights AS
  SELECT DISTINCT subscriber_links.subscriber_id, page_links.audience_id
  FROM subscriber_links JOIN page_links ON page_links.id = subscriber_links.link_id
  WHERE page_links.audience_id IS NOT NULL AND page_links.revoked_at IS NULL AND page_links.expires_at > sitrep_now();
--> statement-breakpoint
-- Whose eyes look is a setting of the transaction: ids of audiences, comma-separated. Where it is not set it is
-- everybody outside; '*' sees what any audience sees. What the views below show follows from it.
CREATE VIEW hidden_components AS
  SELECT DISTINCT kept.component_id
  FROM component_audiences AS kept
  WHERE coalesce(current_setting('sitrep.eyes', true), '') <> '*'
    AND NOT EXISTS (
      SELECT FROM component_audiences AS own
      WHERE own.component_id = kept.component_id
        AND own.audience_id = ANY (string_to_array(coalesce(current_setting('sitrep.eyes', true), ''), ',')));
--> statement-breakpoint
-- What names hidden components and none but them. What names none at all concerns everybody.
CREATE VIEW hidden_incidents AS
  SELECT DISTINCT touched.incident_id
  FROM hidden_components AS hidden JOIN incident_components AS touched ON touched.component_id = hidden.component_id
  WHERE NOT EXISTS (
    SELECT FROM incident_components AS other
    WHERE other.incident_id = touched.incident_id
      AND NOT EXISTS (SELECT FROM hidden_components AS also WHERE also.component_id = other.component_id));
--> statement-breakpoint
CREATE VIEW hidden_maintenances AS
  SELECT DISTINCT touched.maintenance_id
  FROM hidden_components AS hidden JOIN maintenance_components AS touched ON touched.component_id = hidden.component_id
  WHERE NOT EXISTS (
    SELECT FROM maintenance_components AS other
    WHERE other.maintenance_id = touched.maintenance_id
      AND NOT EXISTS (SELECT FROM hidden_components AS also WHERE also.component_id = other.component_id));
--> statement-breakpoint
-- Lists of what is hidden are made once for a statement; they are short, and empty where nothing is private.
CREATE OR REPLACE VIEW public_incidents AS
  SELECT id, title, severity, status, retracted, started_at, resolved_at, mitigated_at, first_public_update_at,
         next_update_due_at, (late_seq IS NOT NULL AND late_seq = deadline_seq) AS is_late, deadline_seq, created_at
  FROM incidents
  WHERE visibility = 'public' AND kind = 'incident' AND first_public_update_at IS NOT NULL
    AND id <> ALL (ARRAY(SELECT incident_id FROM hidden_incidents));
--> statement-breakpoint
-- Public incidents, those too of which nothing has been said yet: what a reader can follow.
CREATE VIEW followable_incidents AS
  SELECT id, title, started_at FROM incidents
  WHERE visibility = 'public' AND id <> ALL (ARRAY(SELECT incident_id FROM hidden_incidents));
--> statement-breakpoint
-- What an update told of components, without those that are hidden.
CREATE OR REPLACE VIEW public_updates AS
  SELECT updates.id, updates.incident_id, updates.seq, updates.status, updates.severity, updates.headline, updates.body,
         updates.no_change,
         CASE WHEN EXISTS (SELECT FROM hidden_components) THEN (
           SELECT coalesce(jsonb_agg(told.component ORDER BY told.place), '[]'::jsonb)
           FROM jsonb_array_elements(updates.affected) WITH ORDINALITY AS told (component, place)
           WHERE told.component ->> 'id' <> ALL (ARRAY(SELECT component_id FROM hidden_components))
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
  WHERE incident_components.component_id <> ALL (ARRAY(SELECT component_id FROM hidden_components));
--> statement-breakpoint
CREATE OR REPLACE VIEW public_maintenances AS
  SELECT id, title, body, status, scheduled_for, scheduled_until, started_at, ended_at, (rrule IS NOT NULL) AS recurs,
         sequence, created_at
  FROM maintenances
  WHERE id <> ALL (ARRAY(SELECT maintenance_id FROM hidden_maintenances));
--> statement-breakpoint
CREATE OR REPLACE VIEW public_maintenance_updates AS
  SELECT id, maintenance_id, seq, step, status, body, notify, published_at FROM maintenance_updates
  WHERE step <> 'reminder' AND maintenance_id <> ALL (ARRAY(SELECT maintenance_id FROM hidden_maintenances));
--> statement-breakpoint
CREATE OR REPLACE VIEW public_maintenance_components AS
  SELECT maintenance_id, component_id FROM maintenance_components
  WHERE maintenance_id <> ALL (ARRAY(SELECT maintenance_id FROM hidden_maintenances))
    AND component_id <> ALL (ARRAY(SELECT component_id FROM hidden_components));
--> statement-breakpoint
CREATE OR REPLACE VIEW public_spans AS
  SELECT component_id, status, started_at, ended_at FROM component_spans
  WHERE component_id <> ALL (ARRAY(SELECT component_id FROM hidden_components));
--> statement-breakpoint
-- What each living component is shown as to those who may see it (contract section 4): the worst that open incidents
-- told outside and running maintenance hold, else as set by hand. It goes out from what is open, which is little.
CREATE VIEW component_states AS
  SELECT components.id, coalesce(held.status, components.status) AS status
  FROM components
  LEFT JOIN (
    SELECT component_id, (array_agg(status ORDER BY status_badness(status) DESC))[1] AS status
    FROM (
      SELECT hold.component_id, hold.status
      FROM incidents JOIN incident_components AS hold ON hold.incident_id = incidents.id
      WHERE incidents.status <> 'resolved' AND incidents.visibility = 'public' AND incidents.kind = 'incident'
        AND incidents.first_public_update_at IS NOT NULL
      UNION ALL
      SELECT work.component_id, 'under_maintenance'
      FROM maintenances JOIN maintenance_components AS work ON work.maintenance_id = maintenances.id
      WHERE maintenances.ended_at IS NULL AND maintenances.status IN ('in_progress', 'verifying')
    ) AS hold
    GROUP BY component_id
  ) AS held ON held.component_id = components.id
  WHERE components.archived_at IS NULL;
--> statement-breakpoint
CREATE OR REPLACE VIEW shown_components AS
  SELECT components.id, components.name, components.description, components.group_id, components.position,
         components.start_date, components.only_show_if_degraded, components.created_at, components.updated_at,
         component_states.status
  FROM components JOIN component_states ON component_states.id = components.id
  WHERE components.id <> ALL (ARRAY(SELECT component_id FROM hidden_components));
--> statement-breakpoint
-- A group whose living components are all hidden is not there: its name may tell whose they are.
CREATE VIEW shown_groups AS
  SELECT id, name, description, position, created_at, updated_at FROM component_groups
  WHERE archived_at IS NULL AND (
    EXISTS (SELECT FROM shown_components WHERE shown_components.group_id = component_groups.id)
    OR NOT EXISTS (
      SELECT FROM components
      WHERE components.group_id = component_groups.id
        AND components.id = ANY (ARRAY(SELECT component_id FROM hidden_components))));
--> statement-breakpoint
-- What has changed for these eyes; of what they may not see, not even that it changed.
CREATE VIEW public_changes AS
  SELECT revision, topic, incident_id, maintenance_id, component_id, moved_components, left_month, at FROM site_changes
  WHERE (incident_id IS NULL OR incident_id <> ALL (ARRAY(SELECT incident_id FROM hidden_incidents)))
    AND (maintenance_id IS NULL OR maintenance_id <> ALL (ARRAY(SELECT maintenance_id FROM hidden_maintenances)))
    AND (component_id IS NULL OR component_id <> ALL (ARRAY(SELECT component_id FROM hidden_components)));
