-- The bytes of media, where neither a directory nor a bucket has them. `key` is NULL until all chunks are there, and
-- again once a later blob has taken its place; `began_us` says when such a row may be swept.
CREATE TABLE catalog_blob (
    id text COLLATE "C" PRIMARY KEY,
    key text COLLATE "C" UNIQUE,
    size bigint,
    began_us bigint NOT NULL DEFAULT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint,
    CHECK (key IS NULL OR size IS NOT NULL)
);
CREATE INDEX catalog_blob_unfinished ON catalog_blob (began_us) WHERE key IS NULL;

-- From byte `start` on. Most media are compressed already, so the server need not try.
CREATE TABLE catalog_blob_chunk (
    blob_id text COLLATE "C" NOT NULL REFERENCES catalog_blob (id) ON DELETE CASCADE,
    start bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (blob_id, start)
);
ALTER TABLE catalog_blob_chunk ALTER COLUMN bytes SET STORAGE EXTERNAL;
