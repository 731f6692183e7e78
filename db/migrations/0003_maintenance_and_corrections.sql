CREATE TABLE "corrections" (
	"id" text PRIMARY KEY NOT NULL,
	"update_id" text NOT NULL,
	"incident_id" text NOT NULL,
	"body" text NOT NULL,
	"previous_body" text NOT NULL,
	"reason" text NOT NULL,
	"notify" boolean NOT NULL,
	"author_id" text,
	"author_key_id" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "maintenance_components" (
	"maintenance_id" text NOT NULL,
	"component_id" text NOT NULL,
	CONSTRAINT "maintenance_components_maintenance_id_component_id_pk" PRIMARY KEY("maintenance_id","component_id")
);
--> statement-breakpoint
CREATE TABLE "maintenance_updates" (
	"id" text PRIMARY KEY NOT NULL,
	"maintenance_id" text NOT NULL,
	"seq" integer NOT NULL,
	"step" text NOT NULL,
	"status" text NOT NULL,
	"body" text NOT NULL,
	"notify" boolean NOT NULL,
	"scheduled_for" timestamp (3) with time zone NOT NULL,
	"scheduled_until" timestamp (3) with time zone NOT NULL,
	"reminder" text,
	"author_id" text,
	"author_key_id" text,
	"published_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "maintenance_updates_step" CHECK ("maintenance_updates"."step" in ('planned', 'reminder', 'moved', 'started', 'extended', 'verifying', 'completed', 'cancelled', 'note')),
	CONSTRAINT "maintenance_updates_status" CHECK ("maintenance_updates"."status" in ('scheduled', 'in_progress', 'verifying', 'completed', 'cancelled')),
	CONSTRAINT "maintenance_updates_reminder" CHECK (("maintenance_updates"."step" = 'reminder') = ("maintenance_updates"."reminder" is not null))
);
--> statement-breakpoint
CREATE TABLE "maintenances" (
	"id" text PRIMARY KEY NOT NULL,
	"series_id" text,
	"occurrence_at" timestamp (3) with time zone,
	"title" text NOT NULL,
	"body" text NOT NULL,
	"status" text DEFAULT 'scheduled' NOT NULL,
	"scheduled_for" timestamp (3) with time zone NOT NULL,
	"scheduled_until" timestamp (3) with time zone NOT NULL,
	"rrule" text,
	"time_zone" text DEFAULT 'Etc/UTC' NOT NULL,
	"reminders" text[] NOT NULL,
	"auto_start" boolean NOT NULL,
	"auto_complete" boolean NOT NULL,
	"notify" boolean NOT NULL,
	"started_at" timestamp (3) with time zone,
	"ended_at" timestamp (3) with time zone,
	"next_step_at" timestamp (3) with time zone,
	"subject_title" text NOT NULL,
	"update_seq" integer DEFAULT 0 NOT NULL,
	"sequence" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "maintenances_status" CHECK ("maintenances"."status" in ('scheduled', 'in_progress', 'verifying', 'completed', 'cancelled')),
	CONSTRAINT "maintenances_order" CHECK ("maintenances"."scheduled_until" > "maintenances"."scheduled_for"),
	CONSTRAINT "maintenances_ended" CHECK (("maintenances"."status" in ('completed', 'cancelled')) = ("maintenances"."ended_at" is not null)),
	CONSTRAINT "maintenances_series" CHECK (("maintenances"."rrule" is null) = ("maintenances"."series_id" is null))
);
--> statement-breakpoint
ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "site_changes" DROP CONSTRAINT "site_changes_topic";--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "correction_id" text;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "maintenance_update_id" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "correction_id" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "maintenance_id" text;--> statement-breakpoint
ALTER TABLE "site_changes" ADD COLUMN "maintenance_id" text;--> statement-breakpoint
ALTER TABLE "site_changes" ADD COLUMN "component_id" text;--> statement-breakpoint
ALTER TABLE "site_changes" ADD COLUMN "moved_components" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "site_changes" ADD COLUMN "left_month" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "maintenance" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "maintenance" boolean DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE "corrections" ADD CONSTRAINT "corrections_update_id_updates_id_fk" FOREIGN KEY ("update_id") REFERENCES "public"."updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "corrections" ADD CONSTRAINT "corrections_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "corrections" ADD CONSTRAINT "corrections_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "corrections" ADD CONSTRAINT "corrections_author_key_id_api_keys_id_fk" FOREIGN KEY ("author_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "maintenance_components" ADD CONSTRAINT "maintenance_components_maintenance_id_maintenances_id_fk" FOREIGN KEY ("maintenance_id") REFERENCES "public"."maintenances"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "maintenance_components" ADD CONSTRAINT "maintenance_components_component_id_components_id_fk" FOREIGN KEY ("component_id") REFERENCES "public"."components"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "maintenance_updates" ADD CONSTRAINT "maintenance_updates_maintenance_id_maintenances_id_fk" FOREIGN KEY ("maintenance_id") REFERENCES "public"."maintenances"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "maintenance_updates" ADD CONSTRAINT "maintenance_updates_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "maintenance_updates" ADD CONSTRAINT "maintenance_updates_author_key_id_api_keys_id_fk" FOREIGN KEY ("author_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "corrections_update" ON "corrections" USING btree ("update_id","created_at");--> statement-breakpoint
CREATE INDEX "corrections_incident" ON "corrections" USING btree ("incident_id");--> statement-breakpoint
CREATE INDEX "maintenance_components_component" ON "maintenance_components" USING btree ("component_id");--> statement-breakpoint
CREATE UNIQUE INDEX "maintenance_updates_seq" ON "maintenance_updates" USING btree ("maintenance_id","seq");--> statement-breakpoint
CREATE UNIQUE INDEX "maintenance_updates_reminded" ON "maintenance_updates" USING btree ("maintenance_id","scheduled_for","reminder") WHERE "maintenance_updates"."step" = 'reminder';--> statement-breakpoint
CREATE UNIQUE INDEX "maintenances_occurrence" ON "maintenances" USING btree ("series_id","occurrence_at") WHERE "maintenances"."series_id" is not null;--> statement-breakpoint
CREATE INDEX "maintenances_next_step" ON "maintenances" USING btree ("next_step_at") WHERE "maintenances"."next_step_at" is not null;--> statement-breakpoint
CREATE INDEX "maintenances_open" ON "maintenances" USING btree ("scheduled_for") WHERE "maintenances"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "maintenances_recent" ON "maintenances" USING btree ("scheduled_for");--> statement-breakpoint
CREATE INDEX "maintenances_ended" ON "maintenances" USING btree ("ended_at") WHERE "maintenances"."ended_at" is not null;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_correction_id_corrections_id_fk" FOREIGN KEY ("correction_id") REFERENCES "public"."corrections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_maintenance_update_id_maintenance_updates_id_fk" FOREIGN KEY ("maintenance_update_id") REFERENCES "public"."maintenance_updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_correction_id_corrections_id_fk" FOREIGN KEY ("correction_id") REFERENCES "public"."corrections"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_maintenance_id_maintenances_id_fk" FOREIGN KEY ("maintenance_id") REFERENCES "public"."maintenances"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "component_spans_ended" ON "component_spans" USING btree ("ended_at") WHERE "component_spans"."ended_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "announcements_correction" ON "announcements" USING btree ("correction_id");--> statement-breakpoint
CREATE UNIQUE INDEX "announcements_maintenance" ON "announcements" USING btree ("maintenance_update_id");--> statement-breakpoint
CREATE INDEX "deliveries_maintenance" ON "deliveries" USING btree ("maintenance_id","subscriber_id") WHERE "deliveries"."maintenance_id" is not null;--> statement-breakpoint
CREATE INDEX "site_changes_maintenance" ON "site_changes" USING btree ("maintenance_id","revision");--> statement-breakpoint
CREATE INDEX "site_changes_moved" ON "site_changes" USING btree ("revision") WHERE "site_changes"."moved_components";--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'maintenance', 'alert', 'confirmation', 'welcome', 'test'));--> statement-breakpoint
ALTER TABLE "site_changes" ADD CONSTRAINT "site_changes_topic" CHECK ("site_changes"."topic" in ('incident', 'maintenance', 'component', 'components', 'organisation', 'day'));