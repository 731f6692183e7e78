CREATE TABLE "ladder_pauses" (
	"id" text PRIMARY KEY NOT NULL,
	"incident_id" text NOT NULL,
	"deadline_seq" integer NOT NULL,
	"kind" text NOT NULL,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	"until" timestamp (3) with time zone NOT NULL,
	"reason" text,
	"person_id" text,
	"key_id" text,
	CONSTRAINT "ladder_pauses_kind" CHECK ("ladder_pauses"."kind" in ('acknowledged', 'snoozed')),
	CONSTRAINT "ladder_pauses_reason" CHECK (("ladder_pauses"."kind" = 'snoozed') = ("ladder_pauses"."reason" is not null)),
	CONSTRAINT "ladder_pauses_until" CHECK ("ladder_pauses"."until" >= "ladder_pauses"."created_at")
);
--> statement-breakpoint
ALTER TABLE "ladder_pauses" ADD CONSTRAINT "ladder_pauses_incident_id_incidents_id_fk" FOREIGN KEY ("incident_id") REFERENCES "public"."incidents"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ladder_pauses" ADD CONSTRAINT "ladder_pauses_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "ladder_pauses" ADD CONSTRAINT "ladder_pauses_key_id_api_keys_id_fk" FOREIGN KEY ("key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "ladder_pauses_deadline" ON "ladder_pauses" USING btree ("incident_id","deadline_seq");