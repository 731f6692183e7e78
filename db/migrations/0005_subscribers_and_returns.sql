CREATE TABLE "delivery_attempts" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"delivery_id" text NOT NULL,
	"attempt" integer NOT NULL,
	"at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"status" integer,
	"code" text,
	"excerpt" text
);
--> statement-breakpoint
CREATE TABLE "heard_reports" (
	"id" text PRIMARY KEY NOT NULL,
	"heard_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "soft_bounces" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"address_key" text NOT NULL,
	"delivery_id" text NOT NULL,
	"code" text,
	"at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "soft_bounces_delivery_id_unique" UNIQUE("delivery_id")
);
--> statement-breakpoint
CREATE TABLE "suppressions" (
	"id" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"address_key" text,
	"address_hash" text NOT NULL,
	"reason" text NOT NULL,
	"source" text NOT NULL,
	"code" text,
	"delivery_id" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"lifted_at" timestamp (3) with time zone,
	"lifted_by" text,
	CONSTRAINT "suppressions_channel" CHECK ("suppressions"."channel" in ('email', 'sms', 'webhook', 'slack', 'teams')),
	CONSTRAINT "suppressions_reason" CHECK ("suppressions"."reason" in ('bounce', 'complaint', 'opted_out', 'bad_number', 'manual'))
);
--> statement-breakpoint
CREATE TABLE "webhook_endpoints" (
	"subscriber_id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"old_secret" text,
	"old_secret_until" timestamp (3) with time zone,
	"contact" text,
	"failing_since" timestamp (3) with time zone,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
ALTER TABLE "subscribers" DROP CONSTRAINT "subscribers_state";--> statement-breakpoint
ALTER TABLE "subscribers" DROP CONSTRAINT "subscribers_ended";--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "subscriber_id" text;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "guarded_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "guarded_reach" integer;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "released_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "released_by" text;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "bounced_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "deliveries" ADD COLUMN "ask_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "quiet_from" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "quiet_to" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "incident_id" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "webhook_secret" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "webhook_contact" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "consent_source" text;--> statement-breakpoint
ALTER TABLE "confirmations" ADD COLUMN "consent_ip" text;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "quiet_from" text;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "quiet_to" text;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "followed_incident_ids" text[] DEFAULT '{}'::text[] NOT NULL;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "only_followed" boolean DEFAULT false NOT NULL;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "paused_until" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "consent_source" text;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "consent_ip" text;--> statement-breakpoint
ALTER TABLE "delivery_attempts" ADD CONSTRAINT "delivery_attempts_delivery_id_deliveries_id_fk" FOREIGN KEY ("delivery_id") REFERENCES "public"."deliveries"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "suppressions" ADD CONSTRAINT "suppressions_lifted_by_people_id_fk" FOREIGN KEY ("lifted_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_subscriber_id_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "public"."subscribers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "delivery_attempts_delivery" ON "delivery_attempts" USING btree ("delivery_id");--> statement-breakpoint
CREATE INDEX "soft_bounces_address" ON "soft_bounces" USING btree ("channel","address_key","at");--> statement-breakpoint
CREATE UNIQUE INDEX "suppressions_address" ON "suppressions" USING btree ("channel","address_hash") WHERE "suppressions"."lifted_at" is null;--> statement-breakpoint
CREATE INDEX "suppressions_key" ON "suppressions" USING btree ("channel","address_key") WHERE "suppressions"."lifted_at" is null;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_subscriber_id_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "public"."subscribers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_released_by_people_id_fk" FOREIGN KEY ("released_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "confirmations" ADD CONSTRAINT "confirmations_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "deliveries_to_ask" ON "deliveries" USING btree ("ask_at") WHERE "deliveries"."ask_at" is not null;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice'));--> statement-breakpoint
ALTER TABLE "subscribers" ADD CONSTRAINT "subscribers_quiet" CHECK (("subscribers"."quiet_from" is null) = ("subscribers"."quiet_to" is null));--> statement-breakpoint
ALTER TABLE "subscribers" ADD CONSTRAINT "subscribers_state" CHECK ("subscribers"."state" in ('active', 'ended', 'disabled'));--> statement-breakpoint
ALTER TABLE "subscribers" ADD CONSTRAINT "subscribers_ended" CHECK (("subscribers"."state" = 'active') = ("subscribers"."ended_at" is null));