CREATE TABLE "alert_sources" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"sealed_secret" text,
	"mapping" jsonb,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "alert_sources_hash_unique" UNIQUE("hash"),
	CONSTRAINT "alert_sources_kind" CHECK ("alert_sources"."kind" in ('alertmanager', 'grafana', 'pagerduty', 'generic'))
);
--> statement-breakpoint
CREATE TABLE "draft_alerts" (
	"draft_id" text NOT NULL,
	"fingerprint" text NOT NULL,
	"starts_at" timestamp (3) with time zone NOT NULL,
	"title" text NOT NULL,
	"url" text,
	"resolved_at" timestamp (3) with time zone,
	CONSTRAINT "draft_alerts_draft_id_fingerprint_starts_at_pk" PRIMARY KEY("draft_id","fingerprint","starts_at")
);
--> statement-breakpoint
CREATE TABLE "drafts" (
	"id" text PRIMARY KEY NOT NULL,
	"source_id" text NOT NULL,
	"group_key" text NOT NULL,
	"title" text NOT NULL,
	"state" text DEFAULT 'open' NOT NULL,
	"detected_at" timestamp (3) with time zone NOT NULL,
	"last_alert_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"incident_id" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "drafts_state" CHECK ("drafts"."state" in ('open', 'declared', 'dismissed', 'closed')),
	CONSTRAINT "drafts_declared" CHECK (("drafts"."state" = 'declared') = ("drafts"."incident_id" is not null)),
	CONSTRAINT "drafts_closed" CHECK ("drafts"."state" <> 'closed' or "drafts"."ended_at" is not null)
);
--> statement-breakpoint
ALTER TABLE "draft_alerts" ADD CONSTRAINT "draft_alerts_draft_id_drafts_id_fk" FOREIGN KEY ("draft_id") REFERENCES "public"."drafts"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_source_id_alert_sources_id_fk" FOREIGN KEY ("source_id") REFERENCES "public"."alert_sources"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "drafts" ADD CONSTRAINT "drafts_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "drafts_group" ON "drafts" USING btree ("source_id","group_key") WHERE "drafts"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "drafts_heard" ON "drafts" USING btree ("source_id","group_key");--> statement-breakpoint
CREATE INDEX "drafts_open" ON "drafts" USING btree ("created_at") WHERE "drafts"."state" = 'open';--> statement-breakpoint
CREATE INDEX "drafts_incident" ON "drafts" USING btree ("incident_id") WHERE "drafts"."incident_id" is not null;