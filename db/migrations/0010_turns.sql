-- What is asked before each attempt. Written as functions, so that every session plans these statements once: a turn of ten
-- rows took longer to plan than to do, and a statement prepared by name is lost behind a pooler that gives each
-- transaction another session. Rows are looked up by their keys whatever the statistics say: a plan that a session made
-- while the ledger was small would read all of a large one for each row.

-- Those of the rows in whose place something newer is told, so that they may not be sent any more (standards R7, E35). A
-- program wants every event.
CREATE FUNCTION overtaken_among(ids text[]) RETURNS SETOF text LANGUAGE plpgsql STABLE
  SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN QUERY SELECT d.id FROM deliveries AS d
    WHERE d.id = ANY (ids) AND d.channel <> 'webhook' AND d.subscriber_id IS NOT NULL AND (
      -- A newer word on the same incident waits or went. A correction is overtaken by nothing but a newer one.
      (d.correction_id IS NULL AND EXISTS (
        SELECT 1 FROM deliveries AS newer JOIN updates AS said ON said.id = newer.update_id
        WHERE newer.incident_id = d.incident_id AND newer.subscriber_id = d.subscriber_id AND newer.channel = d.channel
          AND newer.id <> d.id AND newer.correction_id IS NULL
          AND said.seq > (SELECT own.seq FROM updates AS own WHERE own.id = d.update_id)))
      -- A correction of these very words waits or went: nobody is sent words that we know to be wrong.
      OR (EXISTS (SELECT 1 FROM corrections WHERE corrections.update_id = d.update_id) AND EXISTS (
        SELECT 1 FROM deliveries AS newer JOIN corrections AS mending ON mending.id = newer.correction_id
        WHERE newer.incident_id = d.incident_id AND newer.subscriber_id = d.subscriber_id AND newer.channel = d.channel
          AND newer.id <> d.id AND mending.update_id = d.update_id
          AND mending.created_at > coalesce(
            (SELECT own.created_at FROM corrections AS own WHERE own.id = d.correction_id), d.queued_at)))
      -- A newer step of the same maintenance waits or went.
      OR (d.maintenance_id IS NOT NULL AND EXISTS (
        SELECT 1
        FROM deliveries AS newer
          JOIN announcements AS newer_told ON newer_told.id = newer.announcement_id
          JOIN maintenance_updates AS newer_step ON newer_step.id = newer_told.maintenance_update_id
          JOIN announcements AS own_told ON own_told.id = d.announcement_id
          JOIN maintenance_updates AS own_step ON own_step.id = own_told.maintenance_update_id
        WHERE newer.maintenance_id = d.maintenance_id AND newer.subscriber_id = d.subscriber_id AND newer.channel = d.channel
          AND newer_step.seq > own_step.seq)));
END $$;
--> statement-breakpoint
-- Writes which messages a carrier took ({id, claim_no, provider_id}), and commits that the next attempts ({id, claim_no,
-- attempts}) begin. Answers the rows written.
CREATE FUNCTION take_turn(taken json, next json) RETURNS TABLE (id text, accepted boolean) LANGUAGE plpgsql
  SET enable_seqscan = off SET enable_bitmapscan = off SET plan_cache_mode = force_generic_plan AS $$
DECLARE
  moment timestamptz := sitrep_now();
  ids text[] := array(SELECT t.id FROM json_to_recordset(taken) AS t(id text));
BEGIN
  RETURN QUERY UPDATE deliveries AS d
    SET state = 'accepted', provider_id = t.provider_id, accepted_at = coalesce(d.accepted_at, moment), lease_until = NULL,
        next_attempt_at = NULL, code = NULL, enhanced_code = NULL, reason = NULL,
        -- How long callbacks may take before the carrier is asked what became of a message (standards S15).
        ask_at = CASE WHEN d.channel = 'sms' THEN moment + interval '1 minute' END
    FROM json_to_recordset(taken) AS t(id text, claim_no int, provider_id text)
    WHERE d.id = ANY (ids) AND d.id = t.id AND d.claim_no = t.claim_no AND d.state IN ('sending', 'accepted')
    RETURNING d.id, true;
  IF FOUND AND EXISTS (SELECT 1 FROM channel_states WHERE failing_since IS NOT NULL) THEN
    -- It works again.
    UPDATE channel_states SET failing_since = NULL, paused_until = NULL, code = NULL, reason = NULL
      WHERE failing_since IS NOT NULL AND channel IN (SELECT d.channel FROM deliveries AS d WHERE d.id = ANY (ids) AND d.state = 'accepted');
  END IF;
  ids := array(SELECT n.id FROM json_to_recordset(next) AS n(id text));
  ids := array(SELECT unnest(ids) EXCEPT ALL SELECT overtaken_among(ids));
  -- A lease is what claimed and sending rows have; asked for by state, the plan would begin with all rows that are held.
  RETURN QUERY UPDATE deliveries AS d
    SET state = 'sending', attempts = n.attempts + 1, sending_at = moment, lease_until = moment + interval '45 seconds'
    FROM json_to_recordset(next) AS n(id text, claim_no int, attempts int)
    WHERE d.id = ANY (ids) AND d.id = n.id AND d.claim_no = n.claim_no AND d.lease_until IS NOT NULL AND d.expires_at > moment
      -- Whoever it is for is still there, still wants it and may be written to (`listens` and `suppressed`).
      AND (d.subscriber_id IS NULL OR EXISTS (
        SELECT 1 FROM subscribers AS reader
        WHERE reader.id = d.subscriber_id AND (
          -- What an endpoint's owner is told on another channel when it has been disabled.
          (reader.state = 'disabled' AND reader.channel <> d.channel)
          OR (reader.state = 'active' AND (reader.paused_until IS NULL OR reader.paused_until <= moment)
              AND NOT EXISTS (
                SELECT 1 FROM suppressions
                WHERE suppressions.channel = reader.channel AND suppressions.address_key = reader.address_key
                  AND suppressions.lifted_at IS NULL)))))
      AND (d.person_id IS NULL OR EXISTS (SELECT 1 FROM people WHERE people.id = d.person_id AND people.active))
      AND (d.confirmation_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM confirmations JOIN suppressions
          ON suppressions.channel = confirmations.channel AND suppressions.address_key = confirmations.address_key
            AND suppressions.lifted_at IS NULL
        WHERE confirmations.id = d.confirmation_id))
    RETURNING d.id, false;
END $$;
