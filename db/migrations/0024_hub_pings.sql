CREATE TABLE "hub_pings" (
	"topic" text PRIMARY KEY NOT NULL,
	"owed" integer DEFAULT 1 NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"due_at" timestamp (3) with time zone NOT NULL
);
--> statement-breakpoint
CREATE INDEX "hub_pings_due" ON "hub_pings" USING btree ("due_at");