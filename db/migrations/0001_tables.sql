CREATE TABLE "alerts" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"audience" text NOT NULL,
	"deadline_seq" integer NOT NULL,
	"rung" text NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL,
	"fired_at" timestamp (3) with time zone NOT NULL,
	"state" text NOT NULL,
	"accepted_at" timestamp (3) with time zone,
	CONSTRAINT "alerts_state" CHECK ("alerts"."state" in ('alerted', 'voided', 'snoozed', 'acknowledged')),
	CONSTRAINT "alerts_audience" CHECK ("alerts"."audience" in ('public', 'internal', 'executive'))
);
--> statement-breakpoint
CREATE TABLE "cadence_policies" (
	"version" integer PRIMARY KEY NOT NULL,
	"policy" jsonb NOT NULL,
	"created_by" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "component_groups" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"position" integer NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "component_spans" (
	"id" text PRIMARY KEY NOT NULL,
	"component_id" text NOT NULL,
	"status" text NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	CONSTRAINT "component_spans_status" CHECK ("component_spans"."status" in ('operational', 'under_maintenance', 'degraded_performance', 'partial_outage', 'major_outage')),
	CONSTRAINT "component_spans_order" CHECK ("component_spans"."ended_at" is null or "component_spans"."ended_at" >= "component_spans"."started_at")
);
--> statement-breakpoint
CREATE TABLE "components" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"description" text,
	"group_id" text,
	"position" integer NOT NULL,
	"status" text DEFAULT 'operational' NOT NULL,
	"start_date" date,
	"only_show_if_degraded" boolean DEFAULT false NOT NULL,
	"archived_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "components_status" CHECK ("components"."status" in ('operational', 'under_maintenance', 'degraded_performance', 'partial_outage', 'major_outage'))
);
--> statement-breakpoint
CREATE TABLE "announcements" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"audience" text NOT NULL,
	"incident_id" text,
	"update_id" text,
	"alert_id" text,
	"confirmation_id" text,
	"severity" text,
	"priority" integer NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"fan_out_cursor" text DEFAULT '' NOT NULL,
	"fanned_out_at" timestamp (3) with time zone,
	CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'alert', 'confirmation', 'welcome', 'test')),
	CONSTRAINT "announcements_audience" CHECK ("announcements"."audience" in ('public', 'internal', 'executive')),
	CONSTRAINT "announcements_severity" CHECK ("announcements"."severity" is null or "announcements"."severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4'))
);
--> statement-breakpoint
CREATE TABLE "channel_states" (
	"channel" text PRIMARY KEY NOT NULL,
	"paused_until" timestamp (3) with time zone,
	"failing_since" timestamp (3) with time zone,
	"code" text,
	"reason" text,
	"pace_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "deliveries" (
	"id" text PRIMARY KEY NOT NULL,
	"announcement_id" text NOT NULL,
	"incident_id" text,
	"update_id" text,
	"subscriber_id" text,
	"person_id" text,
	"confirmation_id" text,
	"audience" text NOT NULL,
	"lane" text NOT NULL,
	"priority" integer NOT NULL,
	"channel" text NOT NULL,
	"address" text NOT NULL,
	"state" text DEFAULT 'queued' NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"unknowns" integer DEFAULT 0 NOT NULL,
	"claim_no" integer DEFAULT 0 NOT NULL,
	"lease_until" timestamp (3) with time zone,
	"code" text,
	"enhanced_code" text,
	"reason" text,
	"provider_id" text,
	"queued_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"sending_at" timestamp (3) with time zone,
	"accepted_at" timestamp (3) with time zone,
	"delivered_at" timestamp (3) with time zone,
	"next_attempt_at" timestamp (3) with time zone DEFAULT sitrep_now(),
	"expires_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "deliveries_state" CHECK ("deliveries"."state" in ('queued', 'claimed', 'sending', 'accepted', 'delivered', 'failed_for_now', 'failed', 'bounced', 'suppressed', 'superseded', 'expired', 'unknown')),
	CONSTRAINT "deliveries_channel" CHECK ("deliveries"."channel" in ('email', 'sms', 'webhook', 'slack', 'teams')),
	CONSTRAINT "deliveries_lane" CHECK ("deliveries"."lane" in ('staff', 'public')),
	CONSTRAINT "deliveries_audience" CHECK ("deliveries"."audience" in ('public', 'internal', 'executive')),
	CONSTRAINT "deliveries_one_recipient" CHECK (num_nonnulls("deliveries"."subscriber_id", "deliveries"."person_id", "deliveries"."confirmation_id") = 1),
	CONSTRAINT "deliveries_lease" CHECK (("deliveries"."state" in ('claimed', 'sending')) = ("deliveries"."lease_until" is not null))
);
--> statement-breakpoint
CREATE TABLE "composer_drafts" (
	"person_id" text NOT NULL,
	"form" text NOT NULL,
	"fields" jsonb NOT NULL,
	"saved_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "composer_drafts_person_id_form_pk" PRIMARY KEY("person_id","form")
);
--> statement-breakpoint
CREATE TABLE "incident_components" (
	"incident_id" text NOT NULL,
	"component_id" text NOT NULL,
	"status" text NOT NULL,
	CONSTRAINT "incident_components_incident_id_component_id_pk" PRIMARY KEY("incident_id","component_id"),
	CONSTRAINT "incident_components_status" CHECK ("incident_components"."status" in ('operational', 'under_maintenance', 'degraded_performance', 'partial_outage', 'major_outage'))
);
--> statement-breakpoint
CREATE TABLE "incidents" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text DEFAULT 'incident' NOT NULL,
	"visibility" text DEFAULT 'public' NOT NULL,
	"title" text NOT NULL,
	"subject_title" text,
	"severity" text NOT NULL,
	"status" text DEFAULT 'investigating' NOT NULL,
	"retracted" boolean DEFAULT false NOT NULL,
	"commander_id" text,
	"deputy_id" text,
	"comms_lead_id" text,
	"scribe_id" text,
	"subject_expert_id" text,
	"executive_sponsor_id" text,
	"war_room" jsonb NOT NULL,
	"started_at" timestamp (3) with time zone NOT NULL,
	"detected_at" timestamp (3) with time zone,
	"declared_at" timestamp (3) with time zone NOT NULL,
	"acknowledged_at" timestamp (3) with time zone,
	"first_public_update_at" timestamp (3) with time zone,
	"mitigated_at" timestamp (3) with time zone,
	"resolved_at" timestamp (3) with time zone,
	"last_spoke_at" timestamp (3) with time zone NOT NULL,
	"next_update_due_at" timestamp (3) with time zone,
	"deadline_seq" integer DEFAULT 1 NOT NULL,
	"cadence_version" integer NOT NULL,
	"next_rung_at" timestamp (3) with time zone,
	"late_seq" integer,
	"update_seq" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 1 NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "incidents_kind" CHECK ("incidents"."kind" in ('incident', 'drill', 'near_miss')),
	CONSTRAINT "incidents_visibility" CHECK ("incidents"."visibility" in ('public', 'internal')),
	CONSTRAINT "incidents_severity" CHECK ("incidents"."severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4')),
	CONSTRAINT "incidents_status" CHECK ("incidents"."status" in ('investigating', 'identified', 'monitoring', 'resolved')),
	CONSTRAINT "incidents_resolved" CHECK (("incidents"."status" = 'resolved') = ("incidents"."resolved_at" is not null)),
	CONSTRAINT "incidents_no_promise_when_resolved" CHECK ("incidents"."status" <> 'resolved' or "incidents"."next_update_due_at" is null),
	CONSTRAINT "incidents_only_real_ones_public" CHECK ("incidents"."kind" = 'incident' or "incidents"."visibility" = 'internal')
);
--> statement-breakpoint
CREATE TABLE "timeline_entries" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"kind" text NOT NULL,
	"text" text NOT NULL,
	"person_id" text,
	CONSTRAINT "timeline_kind" CHECK ("timeline_entries"."kind" in ('note', 'auto', 'pin', 'handover'))
);
--> statement-breakpoint
CREATE TABLE "updates" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"seq" integer NOT NULL,
	"audience" text NOT NULL,
	"state" text NOT NULL,
	"status" text NOT NULL,
	"severity" text NOT NULL,
	"headline" text NOT NULL,
	"body" text NOT NULL,
	"no_change" boolean DEFAULT false NOT NULL,
	"notify" boolean DEFAULT true NOT NULL,
	"affected" jsonb NOT NULL,
	"author_id" text,
	"author_key_id" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"release_at" timestamp (3) with time zone,
	"published_at" timestamp (3) with time zone,
	"next_update_due_at" timestamp (3) with time zone,
	"answered_seq" integer NOT NULL,
	"answered_due_at" timestamp (3) with time zone,
	"promise_kept" boolean,
	CONSTRAINT "updates_audience" CHECK ("updates"."audience" in ('public', 'internal')),
	CONSTRAINT "updates_state" CHECK ("updates"."state" in ('held', 'published', 'recalled')),
	CONSTRAINT "updates_status" CHECK ("updates"."status" in ('investigating', 'identified', 'monitoring', 'resolved')),
	CONSTRAINT "updates_severity" CHECK ("updates"."severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4')),
	CONSTRAINT "updates_published" CHECK (("updates"."state" = 'published') = ("updates"."published_at" is not null)),
	CONSTRAINT "updates_headline" CHECK (char_length("updates"."headline") <= 90)
);
--> statement-breakpoint
CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"person_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"role" text NOT NULL,
	"person_id" text,
	"prefix" text NOT NULL,
	"hash" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"last_used_at" timestamp (3) with time zone,
	"revoked_at" timestamp (3) with time zone,
	CONSTRAINT "api_keys_hash_unique" UNIQUE("hash"),
	CONSTRAINT "api_keys_role" CHECK ("api_keys"."role" in ('admin', 'commander', 'responder', 'viewer', 'executive'))
);
--> statement-breakpoint
CREATE TABLE "invitations" (
	"token_hash" text PRIMARY KEY NOT NULL,
	"person_id" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "organisation" (
	"singleton" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"name" text NOT NULL,
	"short_name" text NOT NULL,
	"page_id" text NOT NULL,
	"support_url" text,
	"postal_address" text,
	"time_zone" text DEFAULT 'Etc/UTC' NOT NULL,
	"terms_url" text,
	"privacy_url" text,
	"logo_svg" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "organisation_one" CHECK ("organisation"."singleton")
);
--> statement-breakpoint
CREATE TABLE "people" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"email_verified_at" timestamp (3) with time zone,
	"image" text,
	"phone" text,
	"phone_verified_at" timestamp (3) with time zone,
	"webhook_url" text,
	"role" text NOT NULL,
	"time_zone" text DEFAULT 'Etc/UTC' NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"active" boolean DEFAULT true NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "people_role" CHECK ("people"."role" in ('admin', 'commander', 'responder', 'viewer', 'executive'))
);
--> statement-breakpoint
CREATE TABLE "rate_limits" (
	"key" text PRIMARY KEY NOT NULL,
	"points" integer NOT NULL,
	"expire" timestamp (3) with time zone
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" text PRIMARY KEY NOT NULL,
	"token" text NOT NULL,
	"person_id" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "sessions_token_unique" UNIQUE("token")
);
--> statement-breakpoint
CREATE TABLE "verifications" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "site_changes" (
	"revision" integer PRIMARY KEY NOT NULL,
	"topic" text NOT NULL,
	"incident_id" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "site_changes_topic" CHECK ("site_changes"."topic" in ('incident', 'components', 'organisation'))
);
--> statement-breakpoint
CREATE TABLE "site_revision" (
	"singleton" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"revision" integer NOT NULL,
	CONSTRAINT "site_revision_one" CHECK ("site_revision"."singleton")
);
--> statement-breakpoint
CREATE TABLE "site_targets" (
	"name" text PRIMARY KEY NOT NULL,
	"revision" integer NOT NULL,
	"state" text NOT NULL,
	"detail" text,
	"published_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "audit_log" (
	"id" bigserial PRIMARY KEY NOT NULL,
	"at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"actor_kind" text NOT NULL,
	"actor_id" text,
	"actor_name" text,
	"action" text NOT NULL,
	"subject_kind" text NOT NULL,
	"subject_id" text,
	"before" jsonb,
	"after" jsonb,
	"ip" text
);
--> statement-breakpoint
CREATE TABLE "duty_rounds" (
	"duty" text NOT NULL,
	"process" text NOT NULL,
	"last_round_at" timestamp (3) with time zone NOT NULL,
	"trouble" text,
	CONSTRAINT "duty_rounds_duty_process_pk" PRIMARY KEY("duty","process")
);
--> statement-breakpoint
CREATE TABLE "idempotency_keys" (
	"owner" text NOT NULL,
	"key" text NOT NULL,
	"request_hash" text NOT NULL,
	"status" integer,
	"headers" jsonb,
	"body" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "idempotency_keys_owner_key_pk" PRIMARY KEY("owner","key")
);
--> statement-breakpoint
CREATE TABLE "confirmations" (
	"id" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"address" text NOT NULL,
	"address_key" text NOT NULL,
	"component_ids" text[] DEFAULT '{}'::text[] NOT NULL,
	"group_ids" text[] DEFAULT '{}'::text[] NOT NULL,
	"min_severity" text DEFAULT 'SEV4' NOT NULL,
	"events" text DEFAULT 'all' NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"time_zone" text DEFAULT 'Etc/UTC' NOT NULL,
	"nonce" text NOT NULL,
	"token_hash" text,
	"wrong_tries" integer DEFAULT 0 NOT NULL,
	"consent_text_version" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"used_at" timestamp (3) with time zone,
	CONSTRAINT "confirmations_token_hash_unique" UNIQUE("token_hash"),
	CONSTRAINT "confirmations_channel" CHECK ("confirmations"."channel" in ('email', 'sms', 'webhook', 'slack', 'teams'))
);
--> statement-breakpoint
CREATE TABLE "inbound_messages" (
	"id" text PRIMARY KEY NOT NULL,
	"provider_id" text NOT NULL,
	"channel" text NOT NULL,
	"address_key" text NOT NULL,
	"body" text NOT NULL,
	"meaning" text NOT NULL,
	"received_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "inbound_messages_provider_id_unique" UNIQUE("provider_id")
);
--> statement-breakpoint
CREATE TABLE "subscribers" (
	"id" text PRIMARY KEY NOT NULL,
	"channel" text NOT NULL,
	"address" text NOT NULL,
	"address_key" text NOT NULL,
	"state" text NOT NULL,
	"component_ids" text[] DEFAULT '{}'::text[] NOT NULL,
	"group_ids" text[] DEFAULT '{}'::text[] NOT NULL,
	"min_severity" text DEFAULT 'SEV4' NOT NULL,
	"events" text DEFAULT 'all' NOT NULL,
	"locale" text DEFAULT 'en' NOT NULL,
	"time_zone" text DEFAULT 'Etc/UTC' NOT NULL,
	"confirmed_at" timestamp (3) with time zone NOT NULL,
	"ended_at" timestamp (3) with time zone,
	"ended_by" text,
	"consent_text_version" text,
	"consent_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"updated_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "subscribers_channel" CHECK ("subscribers"."channel" in ('email', 'sms', 'webhook', 'slack', 'teams')),
	CONSTRAINT "subscribers_state" CHECK ("subscribers"."state" in ('active', 'ended')),
	CONSTRAINT "subscribers_ended" CHECK (("subscribers"."state" = 'ended') = ("subscribers"."ended_at" is not null)),
	CONSTRAINT "subscribers_events" CHECK ("subscribers"."events" in ('all', 'milestones')),
	CONSTRAINT "subscribers_min_severity" CHECK ("subscribers"."min_severity" in ('SEV1', 'SEV2', 'SEV3', 'SEV4'))
);
--> statement-breakpoint
ALTER TABLE "alerts" ADD CONSTRAINT "alerts_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "cadence_policies" ADD CONSTRAINT "cadence_policies_created_by_people_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "component_spans" ADD CONSTRAINT "component_spans_component_id_components_id_fk" FOREIGN KEY ("component_id") REFERENCES "public"."components"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "components" ADD CONSTRAINT "components_group_id_component_groups_id_fk" FOREIGN KEY ("group_id") REFERENCES "public"."component_groups"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_update_id_updates_id_fk" FOREIGN KEY ("update_id") REFERENCES "public"."updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_alert_id_alerts_id_fk" FOREIGN KEY ("alert_id") REFERENCES "public"."alerts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_confirmation_id_confirmations_id_fk" FOREIGN KEY ("confirmation_id") REFERENCES "public"."confirmations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_announcement_id_announcements_id_fk" FOREIGN KEY ("announcement_id") REFERENCES "public"."announcements"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_update_id_updates_id_fk" FOREIGN KEY ("update_id") REFERENCES "public"."updates"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_subscriber_id_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "public"."subscribers"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_confirmation_id_confirmations_id_fk" FOREIGN KEY ("confirmation_id") REFERENCES "public"."confirmations"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "composer_drafts" ADD CONSTRAINT "composer_drafts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_components" ADD CONSTRAINT "incident_components_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incident_components" ADD CONSTRAINT "incident_components_component_id_components_id_fk" FOREIGN KEY ("component_id") REFERENCES "public"."components"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_commander_id_people_id_fk" FOREIGN KEY ("commander_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_deputy_id_people_id_fk" FOREIGN KEY ("deputy_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_comms_lead_id_people_id_fk" FOREIGN KEY ("comms_lead_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_scribe_id_people_id_fk" FOREIGN KEY ("scribe_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_subject_expert_id_people_id_fk" FOREIGN KEY ("subject_expert_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "incidents" ADD CONSTRAINT "incidents_executive_sponsor_id_people_id_fk" FOREIGN KEY ("executive_sponsor_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "timeline_entries" ADD CONSTRAINT "timeline_entries_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "timeline_entries" ADD CONSTRAINT "timeline_entries_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "updates" ADD CONSTRAINT "updates_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "updates" ADD CONSTRAINT "updates_author_id_people_id_fk" FOREIGN KEY ("author_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "updates" ADD CONSTRAINT "updates_author_key_id_api_keys_id_fk" FOREIGN KEY ("author_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "alerts_once" ON "alerts" USING btree ("incident_id","audience","deadline_seq","rung");--> statement-breakpoint
CREATE INDEX "alerts_incident" ON "alerts" USING btree ("incident_id","fired_at");--> statement-breakpoint
CREATE UNIQUE INDEX "component_spans_open" ON "component_spans" USING btree ("component_id") WHERE "component_spans"."ended_at" is null;--> statement-breakpoint
CREATE INDEX "component_spans_time" ON "component_spans" USING btree ("component_id","started_at");--> statement-breakpoint
CREATE INDEX "components_group" ON "components" USING btree ("group_id");--> statement-breakpoint
CREATE UNIQUE INDEX "announcements_update" ON "announcements" USING btree ("update_id","kind") WHERE "announcements"."kind" = 'update';--> statement-breakpoint
CREATE INDEX "announcements_waiting" ON "announcements" USING btree ("priority","created_at") WHERE "announcements"."fanned_out_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_subscriber" ON "deliveries" USING btree ("announcement_id","subscriber_id","channel");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_person" ON "deliveries" USING btree ("announcement_id","person_id","channel");--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_confirmation" ON "deliveries" USING btree ("confirmation_id");--> statement-breakpoint
CREATE INDEX "deliveries_waiting" ON "deliveries" USING btree ("channel","lane","priority","queued_at") WHERE "deliveries"."state" in ('queued', 'failed_for_now');--> statement-breakpoint
CREATE INDEX "deliveries_held" ON "deliveries" USING btree ("lease_until") WHERE "deliveries"."state" in ('claimed', 'sending');--> statement-breakpoint
CREATE INDEX "deliveries_unknown" ON "deliveries" USING btree ("next_attempt_at") WHERE "deliveries"."state" = 'unknown';--> statement-breakpoint
CREATE INDEX "deliveries_incident" ON "deliveries" USING btree ("incident_id","subscriber_id");--> statement-breakpoint
CREATE INDEX "deliveries_provider" ON "deliveries" USING btree ("provider_id") WHERE "deliveries"."provider_id" is not null;--> statement-breakpoint
CREATE INDEX "incident_components_component" ON "incident_components" USING btree ("component_id");--> statement-breakpoint
CREATE INDEX "incidents_due" ON "incidents" USING btree ("next_update_due_at") WHERE "incidents"."next_update_due_at" is not null;--> statement-breakpoint
CREATE INDEX "incidents_rung" ON "incidents" USING btree ("next_rung_at") WHERE "incidents"."next_rung_at" is not null;--> statement-breakpoint
CREATE INDEX "incidents_open" ON "incidents" USING btree ("declared_at") WHERE "incidents"."status" <> 'resolved';--> statement-breakpoint
CREATE INDEX "incidents_recent" ON "incidents" USING btree ("started_at");--> statement-breakpoint
CREATE INDEX "incidents_resolved" ON "incidents" USING btree ("resolved_at") WHERE "incidents"."resolved_at" is not null;--> statement-breakpoint
CREATE INDEX "timeline_incident" ON "timeline_entries" USING btree ("incident_id","at");--> statement-breakpoint
CREATE UNIQUE INDEX "updates_seq" ON "updates" USING btree ("incident_id","seq");--> statement-breakpoint
CREATE INDEX "updates_published" ON "updates" USING btree ("published_at");--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_provider" ON "accounts" USING btree ("provider_id","account_id");--> statement-breakpoint
CREATE UNIQUE INDEX "people_email" ON "people" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "people_phone" ON "people" USING btree ("phone") WHERE "people"."phone" is not null and "people"."active";--> statement-breakpoint
CREATE INDEX "sessions_person" ON "sessions" USING btree ("person_id");--> statement-breakpoint
CREATE INDEX "site_changes_incident" ON "site_changes" USING btree ("incident_id","revision");--> statement-breakpoint
CREATE INDEX "site_changes_latest" ON "site_changes" USING btree ("topic","revision");--> statement-breakpoint
CREATE UNIQUE INDEX "site_targets_name" ON "site_targets" USING btree ("name");--> statement-breakpoint
CREATE INDEX "audit_log_subject" ON "audit_log" USING btree ("subject_kind","subject_id");--> statement-breakpoint
CREATE INDEX "audit_log_at" ON "audit_log" USING btree ("at");--> statement-breakpoint
CREATE INDEX "idempotency_keys_age" ON "idempotency_keys" USING btree ("created_at");--> statement-breakpoint
CREATE INDEX "confirmations_address" ON "confirmations" USING btree ("channel","address_key","created_at");--> statement-breakpoint
CREATE UNIQUE INDEX "subscribers_address" ON "subscribers" USING btree ("channel","address_key");--> statement-breakpoint
CREATE INDEX "subscribers_active" ON "subscribers" USING btree ("id") WHERE "subscribers"."state" = 'active';