import GRDB

/// The database's tables, as a list that only grows: a migration that was ever released is never changed.
enum Migrations {
    static var all: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 runs, cells and what was concluded") { db in
            try db.execute(
                sql: """
                    CREATE TABLE run (
                        number INTEGER PRIMARY KEY,
                        id TEXT NOT NULL UNIQUE,
                        started TEXT NOT NULL,
                        finished TEXT,
                        harness TEXT NOT NULL,
                        accelerator TEXT,
                        folder TEXT
                    ) STRICT;
                    CREATE INDEX run_by_start ON run (started, id);

                    CREATE TABLE cell (
                        number INTEGER PRIMARY KEY,
                        id TEXT NOT NULL UNIQUE,
                        lineage TEXT NOT NULL
                    ) STRICT;

                    -- Night after night the same is concluded of the same cell: its words are kept once.
                    CREATE TABLE conclusion (
                        number INTEGER PRIMARY KEY,
                        verdict TEXT NOT NULL,
                        cause TEXT,
                        summary TEXT NOT NULL,
                        documented TEXT NOT NULL
                    ) STRICT;
                    CREATE UNIQUE INDEX conclusion_by_words ON conclusion (verdict, ifnull(cause, ''), summary, documented);

                    CREATE TABLE outcome (
                        cell INTEGER NOT NULL REFERENCES cell (number),
                        run INTEGER NOT NULL REFERENCES run (number) ON DELETE CASCADE,
                        conclusion INTEGER NOT NULL REFERENCES conclusion (number),
                        attempts INTEGER NOT NULL,
                        PRIMARY KEY (cell, run)
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX outcome_by_run ON outcome (run, conclusion, attempts);
                    CREATE INDEX outcome_by_conclusion ON outcome (conclusion);
                    """)
        }
        migrator.registerMigration("2 what cells took and were made of") { db in
            try db.execute(
                sql: """
                    ALTER TABLE outcome ADD COLUMN seconds REAL;
                    ALTER TABLE outcome ADD COLUMN inputs TEXT;
                    CREATE INDEX outcome_by_inputs ON outcome (inputs) WHERE inputs IS NOT NULL;
                    """)
        }
        migrator.registerMigration("3 what each proof came to") { db in
            try db.execute(
                sql: """
                    ALTER TABLE conclusion ADD COLUMN proofs TEXT NOT NULL DEFAULT '';
                    ALTER TABLE conclusion ADD COLUMN known INTEGER NOT NULL DEFAULT 0;
                    DROP INDEX conclusion_by_words;
                    CREATE UNIQUE INDEX conclusion_by_words ON conclusion (verdict, ifnull(cause, ''), summary, documented, proofs, known);
                    """)
        }
        migrator.registerMigration("4 how many clients a burst had") { db in try db.execute(sql: "ALTER TABLE outcome ADD COLUMN burst INTEGER") }
        return migrator
    }
}
