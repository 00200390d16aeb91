-- How far the log, the projection and its tables go: one statement, so one moment.
SELECT
    COALESCE((SELECT MAX(seq) FROM lineage_event), 0),
    COALESCE((SELECT seq FROM lineage_position WHERE id = 1), 0),
    COALESCE((SELECT generation FROM lineage_position WHERE id = 1), 0),
    COALESCE((
        SELECT e.chain_hash FROM lineage_position AS p INNER JOIN lineage_event AS e ON p.seq = e.seq WHERE p.id = 1
    ), ''),
    {last}
