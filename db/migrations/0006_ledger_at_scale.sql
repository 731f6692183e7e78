ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_announcement_id_announcements_id_fk";
--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_incident_id_incidents_id_fk";
--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_update_id_updates_id_fk";
--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_correction_id_corrections_id_fk";
--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_maintenance_id_maintenances_id_fk";
--> statement-breakpoint
ALTER TABLE "deliveries" DROP CONSTRAINT "deliveries_subscriber_id_subscribers_id_fk";
--> statement-breakpoint
DROP INDEX "deliveries_person";--> statement-breakpoint
DROP INDEX "deliveries_confirmation";--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_person" ON "deliveries" USING btree ("announcement_id","person_id","channel") WHERE "deliveries"."person_id" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "deliveries_confirmation" ON "deliveries" USING btree ("confirmation_id") WHERE "deliveries"."confirmation_id" is not null;--> statement-breakpoint
-- The first moment from `moment` on that does not lie in somebody's quiet hours: HH:MM to HH:MM in their zone, over
-- midnight as well. In a zone that this server does not know it is `moment` itself.
CREATE FUNCTION after_quiet(moment timestamptz, quiet_from text, quiet_to text, zone text) RETURNS timestamptz
LANGUAGE plpgsql STABLE AS $$
DECLARE
  here timestamp;
  starts time;
  ends time;
BEGIN
  IF quiet_from = quiet_to THEN RETURN moment; END IF;
  here := moment AT TIME ZONE zone;
  starts := quiet_from::time;
  ends := quiet_to::time;
  IF starts < ends THEN
    IF here::time < starts OR here::time >= ends THEN RETURN moment; END IF;
    RETURN (here::date + ends) AT TIME ZONE zone;
  END IF;
  IF here::time >= starts THEN RETURN (here::date + 1 + ends) AT TIME ZONE zone; END IF;
  IF here::time < ends THEN RETURN (here::date + ends) AT TIME ZONE zone; END IF;
  RETURN moment;
EXCEPTION WHEN invalid_parameter_value THEN
  RETURN moment;
END $$;
