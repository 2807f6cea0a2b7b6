"""Scrapy's settings, grouped by the promise that each keeps. What differs by site stands in its profile."""

# Where things are
BOT_NAME = "luutru"
SPIDER_LOADER_CLASS = "crawler.spiders.loader.ProfileSpiderLoader"
SPIDER_MODULES = ["crawler.spiders"]

# Politeness: one connection a host, a delay above zero from the profile, robots.txt obeyed
USER_AGENT = "luutru/0.1 (provincial news archive)"
ROBOTSTXT_OBEY = True
CONCURRENT_REQUESTS_PER_DOMAIN = 1
CONCURRENT_REQUESTS = 2  # one in flight, one in line: what is in line is still asked for after Ctrl-C
DOWNLOAD_DELAY = 3.0
DOWNLOAD_DELAY_JITTER = 0.0
RANDOMIZE_DOWNLOAD_DELAY = False
AUTOTHROTTLE_ENABLED = False
RETRY_TIMES = 2
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",  # those that crawler.downloads sees the end of
}

# Safety: nothing leaves the site, nothing listens, nothing is believed without a certificate
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,  # knows hosts, not ports
    "crawler.middlewares.hosts.OwnHostsMiddleware": 50,
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
DEPTH_LIMIT = 0

# The work on a page, in this order
ITEM_PIPELINES = {
    "crawler.pipelines.extract.ExtractStep": 100,
    "crawler.pipelines.identity.IdentityStep": 200,
    "crawler.pipelines.dates.DateStep": 300,
    "crawler.pipelines.names.NameStep": 400,
    "crawler.pipelines.store.StoreStep": 500,
}

# Speed: what this crawler does not use costs nothing
EXTENSIONS = {
    "scrapy.extensions.memusage.MemoryUsage": None,
    "scrapy.extensions.feedexport.FeedExporter": None,
}
LOG_LEVEL = "INFO"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S %z"
LOGSTATS_INTERVAL = 60.0
