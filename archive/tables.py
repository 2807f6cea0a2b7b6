"""The archive's tables: what each column holds where its name does not say so. Touches the database it is handed.

Every conclusion (a date learned elsewhere, a copy recognised) stands in columns or tables of its own, apart from what a
page printed, so that it can be drawn again at any time.
"""

from __future__ import annotations

import secrets

from sqlite_utils import Database

PUBLISHED = (
    "CASE WHEN corrected -> 'date_published' IS NULL THEN coalesce(date_published, concluded_date)"
    " ELSE corrected ->> 'date_published' END"
)
"""SQL: when an article was published, as an archivist says, else as its page proves it, else as other pages do. It must
read the same wherever it is used: the index on it serves only this expression. ``->`` tells a correction to no date
from none."""

PRECISION = "coalesce(corrected ->> 'date_precision', date_precision, concluded_precision)"
"""SQL: how exact :data:`PUBLISHED` is."""

HEADLINE = "coalesce(corrected ->> 'headline', headline)"
"""SQL: an article's headline as it stands in effect."""

SECTION = "coalesce(corrected -> 'section', section)"
"""SQL: an article's breadcrumb as a JSON list, as it stands in effect."""


def create_operation_tables(db: Database) -> None:
    """Who was crawled, when, with which rules, and what was received."""
    db.table("provinces").create(
        {"name": str, "folded": str, "merged_into": str, "merged_on": str}, pk="name", not_null={"folded"}
    )
    db.table("sites").create(
        {
            "name": str,
            "title": str,
            "publisher": str,
            "kind": str,
            "province": str,
            "family": str,
            "base": str,
        },
        pk="name",
        not_null={"title", "publisher", "kind", "province", "family", "base"},
    )
    db.table("profile_versions").create(
        {"digest": str, "site": str, "first_used": str}, pk="digest", not_null={"site", "first_used"}
    )
    db.table("runs").create(
        {
            "id": int,
            "site": str,
            "kind": str,  # crawl, ingest, reextract
            "round": int,  # the crawl that this one continues; its own id where it began anew
            "full": int,  # whether listings are walked to their ends even where all is known
            "started_at": str,
            "finished_at": str,
            "reason": str,
            "counts": str,
        },
        pk="id",
        not_null={"site", "kind", "started_at"},
        defaults={"kind": "crawl"},
    )
    db.table("runs").create_index(["site", "started_at"])
    db.table("captures").create(
        {
            "id": int,
            "run": int,
            "site": str,
            "url": str,
            "final_url": str,
            "role": str,
            "fetched_at": str,
            "status": int,
            "media_type": str,
            "size": int,
            "sha256": str,
            "outcome": str,
            "reason": str,
            "payload": bytes,
            "payload_sha1": str,
            "tls": str,
            "origin": str,
            "warc": str,
            "offset": int,
            "length": int,
            "record_id": str,
            "refers_to": str,  # the record that holds the body, where this one only says that it is the same
        },
        pk="id",
        not_null={"site", "url", "final_url", "role", "fetched_at", "status", "size", "sha256", "outcome"},
    )
    db.table("captures").create_index(["site", "url"])
    db.table("captures").create_index(["site", "final_url"])
    db.table("captures").create_index(["run", "outcome"])
    db.table("captures").create_index(["warc", "offset"])
    db.table("captures").create_index(["record_id"])
    db.execute(
        "CREATE INDEX idx_captures_payload ON captures (payload_sha1, site)"
        " WHERE record_id IS NOT NULL AND refers_to IS NULL"
    )


BROKEN_WALKS_INDEX = "CREATE INDEX idx_urls_broken ON urls (site, due) WHERE form = '' AND due IS NOT NULL"


def create_frontier_table(db: Database) -> None:
    """Which addresses of a site are to be asked for, which are being asked for, and how each visit ended."""
    db.table("urls").create(
        {
            "id": int,
            "site": str,
            "url": str,
            "role": str,
            "article": str,  # the id that the address stands for
            "section": str,  # for a listing: the address of its first page
            "page": int,  # and which page of it this is, from 1
            "state": str,  # pending, leased, done, failed, gone, excluded
            "reason": str,  # why it is not done
            "priority": int,  # the higher, the sooner
            "steps": int,  # links between the start and it
            "run": int,  # which leased it last
            "settled_in": int,  # the run in which it was visited last
            "failures": int,  # one after the other, up to now
            "due": str,  # when it is to be asked for again; None: not by itself
            "interval": int,  # seconds between its last visit and the next
            "found_on": str,  # the page that led to it first
            "found_in": int,  # the run in which it did
            "fetched_at": str,  # when it was asked for last
            "changed_at": str,  # when it was last seen to say something new
            "body_sha256": str,
            "etag": str,
            "last_modified": str,
            "distrust": str,  # why its validators are not believed
            "not_modified": int,  # answers 304, one after the other
            "shown": str,  # digest of the articles that a listing shows
            "total": int,  # how many articles there are by what a listing, feed or sitemap says
            "capped": int,  # 1: it shows no more than so many, so there may be more
            "form": str,  # what is sent to get it (urlencoded), "" once it was; None: nothing is, it is a GET
        },
        pk="id",
        not_null={"site", "url", "role", "state", "priority", "steps", "failures", "not_modified"},
    )
    urls = db.table("urls")
    urls.create_index(["site", "url"], unique=True)
    db.execute("CREATE INDEX idx_urls_waiting ON urls (site, priority DESC, id) WHERE state = 'pending'")
    db.execute(
        "CREATE INDEX idx_urls_files ON urls (site, priority DESC, id)"
        " WHERE state = 'pending' AND role IN ('image', 'attachment')"
    )
    db.execute("CREATE INDEX idx_urls_leased ON urls (site) WHERE state = 'leased'")
    db.execute("CREATE INDEX idx_urls_due ON urls (site, due) WHERE due IS NOT NULL")
    db.execute("CREATE INDEX idx_urls_article ON urls (site, article) WHERE article IS NOT NULL")
    db.execute("CREATE INDEX idx_urls_shown ON urls (site, shown) WHERE shown IS NOT NULL")
    db.execute(BROKEN_WALKS_INDEX)


DECLARING_INDEX = "CREATE INDEX idx_articles_declaring ON articles (id, source_url) WHERE source_url IS NOT NULL"
CLUSTERED_INDEX = "CREATE INDEX idx_articles_clustered ON articles (id) WHERE cluster IS NOT NULL"
EXACT_INDEX = (
    "CREATE INDEX idx_sightings_exact ON sightings (target)"
    " WHERE kind = 'feed' AND date_precision IN ('hour', 'minute', 'second')"
)
NAMED_COPIES_INDEX = "CREATE INDEX idx_duplicates_named ON duplicates (named_by) WHERE named_by IS NOT NULL"


def create_article_tables(db: Database) -> None:
    """What pages say: articles, their versions and parts, and what each value was read from."""
    db.table("articles").create(
        {
            "docid": int,  # ties the full-text index to its row; never leaves the database
            "id": str,
            "site": str,
            "key": str,
            "url": str,
            "kind": str,
            "headline": str,
            "description": str,
            "body": str,
            "byline": str,
            "source_name": str,
            "source_url": str,
            "section": str,  # JSON list
            "language": str,
            "view_count": int,
            "date_published": str,  # as the page itself proves it
            "date_published_raw": str,
            "date_precision": str,
            "date_evidence": str,
            "concluded_date": str,  # learned from other pages; used where the page proves none, or its day alone
            "concluded_date_raw": str,
            "concluded_precision": str,
            "concluded_evidence": str,
            "date_modified": str,
            "rights": str,
            "folded_headline": str,  # archive.vietnamese.words, joined: the title as other pages may print it
            "duplicate_of": str,
            "cluster": str,
            "revision": int,
            "first_seen": str,
            "shown_at": str,  # when the newest page was fetched that showed it: text and links are that page's
            "gone_at": str,  # since when its address says that it is there no more; None while it is
            "gone_reason": str,
            "content_sha256": str,
            "capture": int,  # of this revision
            "profile_version": str,
            "corrected": str,  # JSON: what archivists corrected, by export field (archive.effective); else None
        },
        pk="docid",
        not_null={
            "id",
            "site",
            "key",
            "url",
            "kind",
            "headline",
            "body",
            "language",
            "revision",
            "first_seen",
            "shown_at",
        },
    )
    articles = db.table("articles")
    articles.create_index(["id"], unique=True)
    articles.create_index(["site", "folded_headline"])
    articles.create_index(["content_sha256"])
    articles.create_index(["cluster"])
    articles.create_index(["site", "date_published"])
    db.execute(DECLARING_INDEX)
    db.execute(CLUSTERED_INDEX)
    db.execute(
        "CREATE INDEX idx_articles_undated ON articles (id, site, folded_headline, first_seen)"
        " WHERE date_published IS NULL"
    )
    db.execute("CREATE INDEX idx_articles_concluded ON articles (id) WHERE concluded_date IS NOT NULL")
    create_correction_tables(db)
    db.table("revisions").create(
        {
            "article": str,
            "revision": int,
            "recorded_at": str,
            "content": str,  # JSON of archive.records.Article, without links and evidence
            "content_sha256": str,
            "capture": int,
            "profile_version": str,
        },
        pk=("article", "revision"),
        not_null={"recorded_at", "content", "content_sha256"},
    )
    db.table("addresses").create(
        {
            "site": str,
            "url": str,
            "article": str,
            "first_seen": str,
            "answered_at": str,  # when the newest page was fetched under it that showed the article; else None
        },
        pk=("site", "url"),
        not_null={"article", "first_seen"},
    )
    db.table("addresses").create_index(["article"])
    db.table("addresses").create_index(["url"])
    db.table("authors").create(
        {"article": str, "position": int, "name": str, "unit": str, "role": str},
        pk=("article", "position"),
        not_null={"role"},
    )
    db.table("authors").create_index(["name"])
    db.table("images").create(
        {
            "article": str,
            "position": int,
            "url": str,
            "caption": str,
            "credit": str,
            "width": int,
            "height": int,
        },
        pk=("article", "position"),
        not_null={"url"},
    )
    db.table("attachments").create(
        {"article": str, "position": int, "url": str, "title": str, "media_type": str},
        pk=("article", "position"),
        not_null={"url"},
    )
    db.table("media").create(
        {"article": str, "position": int, "url": str, "kind": str, "title": str},
        pk=("article", "position"),
        not_null={"url", "kind"},
    )
    db.table("keywords").create({"article": str, "position": int, "keyword": str}, pk=("article", "position"))
    db.table("keywords").create_index(["keyword"])
    db.table("evidence").create(
        {
            "article": str,
            "revision": int,  # 0: what archive.conclude found on other pages; it belongs to no revision
            "position": int,
            "field": str,
            "raw": str,
            "value": str,
            "kind": str,
            "place": str,  # records.Evidence.where; WHERE is a word of SQL
            "note": str,
            "capture": int,
            "profile_version": str,
        },
        pk=("article", "revision", "position"),
        not_null={"field", "raw", "kind", "place"},
    )
    db.execute("CREATE INDEX idx_evidence_concluded ON evidence (article) WHERE revision = 0")


def create_correction_tables(db: Database) -> None:
    """What archivists corrected, and the indexes on what follows from it. Rows are added and never changed."""
    db.table("corrections").create(
        {
            "number": int,  # by which people name it; another one in another archive
            "id": str,  # made of all that it says (archive.corrections): the same in every archive
            "article": str,
            "field": str,  # of the export; date_published stands for all four of the date
            "raw": str,  # as it was given
            "value": str,  # JSON: what it was read as
            "printed": str,  # JSON: what the archive had found by itself when it was given
            "kind": str,  # archivist
            "who": str,
            "at": str,
            "reason": str,
        },
        pk="number",
        not_null={"id", "article", "field", "raw", "value", "printed", "kind", "who", "at", "reason"},
    )
    corrections = db.table("corrections")
    corrections.create_index(["id"], unique=True)
    corrections.create_index(["article"])
    db.table("correction_decisions").create(
        {
            "id": str,  # made of all that it says, as a correction's
            "correction": str,
            "decision": str,  # withdrawn, confirmed
            "printed": str,  # JSON: what the archive had found by itself when it was taken
            "who": str,
            "at": str,
            "reason": str,
        },
        pk="id",
        not_null={"correction", "decision", "printed", "who", "at", "reason"},
    )
    db.table("correction_decisions").create_index(["correction"])
    db.execute("CREATE INDEX idx_articles_corrected ON articles (id) WHERE corrected IS NOT NULL")
    db.execute(f"CREATE INDEX idx_articles_newest ON articles ({PUBLISHED}, id, site)")
    db.execute(EFFECTIVE_AUTHORS_VIEW)


EFFECTIVE_AUTHORS_VIEW = """
    CREATE VIEW effective_authors AS
    SELECT article, position, name, unit, role FROM authors WHERE article NOT IN (
        SELECT id FROM articles WHERE corrected IS NOT NULL AND corrected -> 'authors' IS NOT NULL)
    UNION ALL
    SELECT articles.id, one.key, one.value ->> 'name', one.value ->> 'unit', one.value ->> 'role'
    FROM articles INDEXED BY idx_articles_corrected, json_each(corrected, '$.authors') one
    WHERE corrected IS NOT NULL
"""


def create_graph_tables(db: Database) -> None:
    """How articles are connected: links, what other pages print, copies, changes, and the full-text index."""
    db.table("links").create(
        {
            "article": str,
            "position": int,
            "relation": str,
            "url": str,
            "target": str,
            "title": str,
            "date": str,
            "date_raw": str,
            "date_precision": str,
        },
        pk=("article", "position"),
        not_null={"relation"},
    )
    db.table("links").create_index(["target"])
    db.execute("CREATE INDEX idx_links_source ON links (article, target) WHERE relation = 'source'")
    db.table("sightings").create(
        {
            "id": int,
            "site": str,
            "source_url": str,
            "kind": str,
            "url": str,
            "target": str,
            "title": str,
            "folded_title": str,
            "date": str,
            "date_raw": str,
            "date_precision": str,
            "capture": int,  # the first that brought it
            "last_seen": str,  # when the newest page was fetched that prints it
            "digest": str,  # of all that makes it the same sighting when it is seen again
        },
        pk="id",
        not_null={"site", "source_url", "kind", "last_seen", "digest"},
    )
    sightings = db.table("sightings")
    sightings.create_index(["digest"], unique=True)
    sightings.create_index(["target"])
    sightings.create_index(["url"])
    sightings.create_index(["site", "folded_title"])
    db.execute(EXACT_INDEX)
    create_text_tables(db)
    db.table("duplicates").create(
        {
            "article": str,
            "other": str,
            "similarity": float,
            "evidence": str,
            "named_by": str,  # the one of the two that names the other's address as its source
        },
        pk=("article", "other"),
        not_null={"evidence"},
    )
    db.table("duplicates").create_index(["other"])
    db.execute(NAMED_COPIES_INDEX)
    # kind: new, revised, links, addresses, linked, gone, back, concluded, reextracted, corrected, site, removed
    db.table("changes").create(  # never deleted, so that no seq is given twice: archive.cursor
        {"seq": int, "article": str, "kind": str, "at": str}, pk="seq", not_null={"article", "kind", "at"}
    )
    db.table("changes").create_index(["article"])
    create_search_tables(db)


def create_search_tables(db: Database) -> None:
    """What a search looks in: see :mod:`archive.indexing` for the numbers, :mod:`archive.searchable` for the terms."""
    tokenize = "content='', tokenize=\"ascii tokenchars '-_.'\""
    db.execute(f"CREATE VIRTUAL TABLE search_index USING fts5(words, spelled, filters, {tokenize})")
    for name in ("search_pairs", "search_titles"):
        db.execute(f"CREATE VIRTUAL TABLE {name} USING fts5(terms, {tokenize}, detail=none)")
    db.execute("""
        CREATE TABLE search_documents (
            number INTEGER PRIMARY KEY,  -- in the three indexes: grows with the day of publication
            docid INTEGER NOT NULL UNIQUE,
            published TEXT,  -- as it is shown
            site TEXT NOT NULL,
            headline TEXT NOT NULL,  -- its words as they are spelled, without case
            sections TEXT NOT NULL,  -- as they are printed, a line each
            authors TEXT NOT NULL,
            filters TEXT NOT NULL,  -- the terms that it can be narrowed by, as they are indexed
            cluster TEXT
        )
    """)
    db.execute(
        "CREATE INDEX idx_search_documents_cluster ON search_documents (number, cluster) WHERE cluster IS NOT NULL"
    )
    db.execute(
        "CREATE TABLE search_words (key TEXT NOT NULL, word TEXT NOT NULL, articles INTEGER NOT NULL,"
        " PRIMARY KEY (key, word)) WITHOUT ROWID"
    )


def create_identity(db: Database) -> None:
    """What tells this archive from others; and an article that is deleted, by whatever program, is a change too."""
    db.execute("CREATE TABLE archive (id TEXT NOT NULL)")  # one row; copies of the file have the same id
    db.execute("INSERT INTO archive (id) VALUES (?)", [secrets.token_hex(8)])
    now = "strftime('%Y-%m-%dT%H:%M:%S+07:00', 'now', '+7 hours')"
    db.execute(f"""
        CREATE TRIGGER articles_removed AFTER DELETE ON articles BEGIN
            INSERT INTO changes (article, kind, at) VALUES (old.id, 'removed', {now});
            INSERT INTO changes (article, kind, at)
            SELECT DISTINCT article, 'linked', {now} FROM links WHERE target = old.id AND article <> old.id;
        END
    """)  # noqa: S608 - constants


def create_text_tables(db: Database) -> None:
    """What copies of a text are found by. Numbers of texts are never given twice, and grow: see the columns."""
    db.execute("""
        CREATE TABLE signatures (
            number INTEGER PRIMARY KEY AUTOINCREMENT,  -- of the text: a changed one has another than it had
            article TEXT NOT NULL,
            digest TEXT NOT NULL,  -- of the folded words: the same for exact copies
            minhash BLOB NOT NULL,
            shingles INTEGER NOT NULL,
            compared INTEGER  -- the highest number that was given when it was compared with all; NULL: to be compared
        )
    """)
    signatures = db.table("signatures")
    signatures.create_index(["article"], unique=True)
    signatures.create_index(["digest", "article"])
    db.execute("CREATE INDEX idx_signatures_waiting ON signatures (number) WHERE compared IS NULL")
    db.execute(
        "CREATE TABLE bands (band INTEGER NOT NULL, hash INTEGER NOT NULL, number INTEGER NOT NULL,"
        " PRIMARY KEY (band, hash, number)) WITHOUT ROWID"
    )
