CREATE TABLE "staff_readers" (
	"subscriber_id" text PRIMARY KEY NOT NULL,
	"link_id" text,
	"person_id" text,
	"created_at" timestamp (3) with time zone DEFAULT sitrep_now() NOT NULL,
	CONSTRAINT "staff_readers_door" CHECK (num_nonnulls("staff_readers"."link_id", "staff_readers"."person_id") = 1)
);
--> statement-breakpoint
CREATE TABLE "staff_sign_ups" (
	"confirmation_id" text PRIMARY KEY NOT NULL,
	"link_id" text,
	"person_id" text,
	CONSTRAINT "staff_sign_ups_door" CHECK (num_nonnulls("staff_sign_ups"."link_id", "staff_sign_ups"."person_id") = 1)
);
--> statement-breakpoint
ALTER TABLE "announcements" DROP CONSTRAINT "announcements_kind";--> statement-breakpoint
DROP INDEX "subscribers_address";--> statement-breakpoint
ALTER TABLE "audiences" ADD COLUMN "archived_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "component_id" text;--> statement-breakpoint
ALTER TABLE "announcements" ADD COLUMN "staff_note_id" text;--> statement-breakpoint
ALTER TABLE "subscribers" ADD COLUMN "list" text DEFAULT 'public' NOT NULL;--> statement-breakpoint
ALTER TABLE "staff_readers" ADD CONSTRAINT "staff_readers_subscriber_id_subscribers_id_fk" FOREIGN KEY ("subscriber_id") REFERENCES "public"."subscribers"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_readers" ADD CONSTRAINT "staff_readers_link_id_page_links_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."page_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_readers" ADD CONSTRAINT "staff_readers_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_sign_ups" ADD CONSTRAINT "staff_sign_ups_confirmation_id_confirmations_id_fk" FOREIGN KEY ("confirmation_id") REFERENCES "public"."confirmations"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_sign_ups" ADD CONSTRAINT "staff_sign_ups_link_id_page_links_id_fk" FOREIGN KEY ("link_id") REFERENCES "public"."page_links"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "staff_sign_ups" ADD CONSTRAINT "staff_sign_ups_person_id_people_id_fk" FOREIGN KEY ("person_id") REFERENCES "public"."people"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "staff_readers_link" ON "staff_readers" USING btree ("link_id");--> statement-breakpoint
CREATE INDEX "staff_readers_person" ON "staff_readers" USING btree ("person_id");--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_component_id_components_id_fk" FOREIGN KEY ("component_id") REFERENCES "public"."components"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_staff_note_id_staff_notes_id_fk" FOREIGN KEY ("staff_note_id") REFERENCES "public"."staff_notes"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "announcements_staff_note" ON "announcements" USING btree ("staff_note_id");--> statement-breakpoint
CREATE UNIQUE INDEX "subscribers_address" ON "subscribers" USING btree ("channel","address_key","list");--> statement-breakpoint
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_kind" CHECK ("announcements"."kind" in ('update', 'correction', 'holding_notice', 'maintenance', 'alert', 'confirmation', 'welcome', 'test', 'notice', 'guard', 'approval', 'answer', 'handover', 'briefing', 'briefing_alert', 'decision_answer', 'decision_reminder', 'staff_note', 'choice_gone'));--> statement-breakpoint
ALTER TABLE "subscribers" ADD CONSTRAINT "subscribers_list" CHECK ("subscribers"."list" in ('public', 'staff'));
--> statement-breakpoint
-- Which subscribers hear what is meant for staff, as things stand now: by the link of a team that lives, or by the account
-- of somebody active whose role reads the staff page.
CREATE VIEW staff_rights AS
  SELECT staff_readers.subscriber_id
  FROM staff_readers
  LEFT JOIN page_links ON page_links.id = staff_readers.link_id
  LEFT JOIN people ON people.id = staff_readers.person_id
  WHERE (page_links.kind = 'staff' AND page_links.revoked_at IS NULL AND page_links.expires_at > sitrep_now())
     OR (people.active AND people.role <> 'executive');
