"""Scrapy's settings, grouped by the promise that each keeps. What differs by site stands in its profile."""

# Where things are
BOT_NAME = "luutru"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.ProfileSpiderLoader"
SPIDER_MODULES = ["crawler.spiders"]

# Durability: what to ask for stands in the archive, and what was answered in WARC files
SCHEDULER = "crawler.frontier.Frontier"

# Politeness: robots.txt obeyed, one connection, a delay that only grows; crawler.terms puts the profile's over these
USER_AGENT = "luutru"
ROBOTSTXT_OBEY = False  # RobotsMiddleware below does, by RFC 9309; Scrapy's own allows everything when a server fails
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 2
DOWNLOAD_DELAY = 3.0
DOWNLOAD_DELAY_JITTER = 0.0
AUTOTHROTTLE_ENABLED = True  # SiteThrottle below, in place of Scrapy's
AUTOTHROTTLE_START_DELAY = 0.0  # the profile's delay is the floor, and where it begins
AUTOTHROTTLE_MAX_DELAY = 60.0
LUUTRU_LONGEST_CRAWL_DELAY = 300.0
LUUTRU_FIRST_HOLD = 30.0
LUUTRU_LONGEST_HOLD = 600.0
LUUTRU_FAILURES_IN_A_ROW = 12
RETRY_TIMES = 2  # 5xx, timeouts, broken connections; 429 and 503 after the hold
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",  # those that crawler.downloads sees the end of
}

# Safety: nothing leaves the site, nothing listens, nothing is believed without a certificate
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # knows hosts, not ports
    "crawler.middlewares.hosts.OwnHostsMiddleware": 50,
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.middlewares.robots.RobotsMiddleware": 100,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,  # no site here asks who is there
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,  # the archive's captures tell more
    "crawler.middlewares.redirects.BareRedirectMiddleware": 600,
    "crawler.middlewares.turn.SiteTurnMiddleware": 870,
    "crawler.middlewares.capture.CaptureMiddleware": 880,  # bodies as they were sent: below HttpCompression
}
TWISTED_DNS_RESOLVER = "crawler.resolver.PublicResolver"
DOWNLOAD_VERIFY_CERTIFICATES = True
REMOTE_CONTROL_ENABLED = False
TELNETCONSOLE_ENABLED = False
COOKIES_ENABLED = False  # an archive sees what a stranger sees; the middleware also fetches a suffix list
METAREFRESH_ENABLED = False  # NukeViet's 404 page refreshes to the home page: that is no redirect
REDIRECT_MAX_TIMES = 5
DOWNLOAD_HANDLERS = dict.fromkeys(("http", "https"), "crawler.downloads.WholeResponses")
DOWNLOAD_TIMEOUT = 60  # seconds for the whole response, however slowly it drips
DOWNLOAD_MAXSIZE = 32 * 1024 * 1024
LUUTRU_DOCUMENT_MAXSIZE = 60 * 1024 * 1024  # attachments are scans of many pages; readers of WARC files end at 64 MiB
LUUTRU_DOCUMENT_TIMEOUT = 600
DEPTH_LIMIT = 0

# The work on a page, in this order
ITEM_PIPELINES = {
    "crawler.pipelines.read.ReadStep": 100,  # steps 1 to 4
    "crawler.pipelines.store.StoreStep": 500,
}

# What watches over a crawl; and what this crawler does not use costs nothing
EXTENSIONS = {
    "crawler.onlyvisitor.OnlyVisitor": 0,  # before anything is opened
    "crawler.ending.EarlyEnd": 10,
    "scrapy.extensions.throttle.AutoThrottle": None,
    "crawler.throttle.SiteThrottle": 20,
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
}
SPIDER_MIDDLEWARES = dict.fromkeys(  # callbacks yield no requests
    (
        "scrapy.spidermiddlewares.referer.RefererMiddleware",
        "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
        "scrapy.spidermiddlewares.depth.DepthMiddleware",
    )
)
SCRAPER_SLOT_MAX_ACTIVE_SIZE = 1_000_000  # bytes of pages that wait while another process writes, beyond two batches
CONCURRENT_ITEMS = 1  # a response is one page, and Scrapy begins as many tasks for each response
WARN_ON_GENERATOR_RETURN_VALUE = False  # else the spider's source is read again for each response
LOG_LEVEL = "INFO"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S %z"
LOGSTATS_INTERVAL = 60.0
