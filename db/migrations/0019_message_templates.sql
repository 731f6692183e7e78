CREATE TABLE "message_templates" (
	"id" text PRIMARY KEY NOT NULL,
	"key" text NOT NULL,
	"audience" text NOT NULL,
	"name" text NOT NULL,
	"moment" text NOT NULL,
	"severity" text,
	"status" text,
	"headline" text,
	"body" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "message_templates_key_unique" UNIQUE("key"),
	CONSTRAINT "message_templates_audience" CHECK ("message_templates"."audience" in ('public')),
	CONSTRAINT "message_templates_moment" CHECK ("message_templates"."moment" in ('opening', 'update', 'no_change', 'maintenance_reminder', 'maintenance_moved', 'maintenance_started', 'maintenance_overrun', 'maintenance_completed')),
	CONSTRAINT "message_templates_severity" CHECK ("message_templates"."severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4')),
	CONSTRAINT "message_templates_status" CHECK ("message_templates"."status" in ('investigating', 'identified', 'monitoring', 'resolved'))
);
--> statement-breakpoint
CREATE UNIQUE INDEX "message_templates_name" ON "message_templates" USING btree (lower("name"));