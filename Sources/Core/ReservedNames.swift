/// Names that some stack already uses for something else.
enum ReservedNames {
    /// Whether a slug, in one of the spellings that are made of it, is taken.
    static func contains(_ slug: String) -> Bool {
        names.contains(slug) || compact.contains(slug.replacing("-", with: ""))
    }

    /// Keywords, standard libraries and build targets; a slug of one word can be one of them.
    private static let names: Set<String> = Set(
        (keywords + pythonModules + goPackages + rustAndNode + buildTargets).split(whereSeparator: \.isWhitespace)
            .map(String.init)
    )

    /// Types that every file of Java or Swift sees; a slug of several words can spell one.
    private static let compact: Set<String> = Set(
        """
        string object error result option optional list map set array dictionary date calendar thread timer process data
        url task character integer double float boolean byte short long number system math main test tests testing
        stringbuilder stringbuffer threadlocal processbuilder classloader runtime throwable exception iterable
        comparable cloneable record override deprecated void any anyobject never self type protocol codable hashable
        equatable sequence collection foundation dispatch glibc swift xctest package packagedescription assertions
        module application console buffer vector hello
        """.split(whereSeparator: \.isWhitespace).map(String.init)
    )

    private static let keywords = """
        abstract actor alignas alignof and as asm assert async associatedtype auto await become bool boolean box break byte
        case catch chan char class concept const continue crate debugger declare def default defer deinit del delete do
        double dyn elif else enum eval except export extends extension extern fallthrough false final finally float fn
        for friend from func function global go goto guard if impl implements import in init inline inout instanceof
        int interface internal is lambda let long loop macro match mod module move mut mutable namespace native new nil
        none nonlocal not null open operator or override package pass print priv private protected protocol pub public
        raise range ref register repeat requires rethrows return select self short signed sizeof static struct
        subscript super switch synchronized template this throw throws trait transient true try type typealias typedef
        typename typeof union unsafe unsigned unsized use using var virtual void volatile where while with xor yield
        """

    private static let pythonModules = """
        abc argparse array ast asyncio base64 bisect builtins bz2 calendar cmath cmd code codecs collections concurrent
        configparser contextlib copy csv ctypes curses dataclasses datetime decimal difflib dis doctest email encodings
        errno filecmp fileinput fnmatch fractions ftplib functools gc getopt getpass gettext glob graphlib grp gzip hashlib
        heapq hmac html http imaplib importlib inspect io ipaddress itertools json keyword linecache locale logging
        lzma mailbox marshal math mimetypes mmap multiprocessing netrc numbers operator os pathlib pdb pickle pip
        pkgutil platform plistlib poplib posix pprint profile pty pwd pydoc pytest queue quopri random re readline
        reprlib resource runpy sched secrets selectors setuptools shelve shlex shutil signal site smtplib socket sqlite3
        ssl stat statistics string stringprep struct subprocess symtable sys sysconfig syslog tabnanny tarfile
        telnetlib tempfile termios test tests textwrap threading time timeit tkinter token tokenize tomllib trace
        traceback turtle types typing unicodedata unittest urllib uuid venv warnings wave weakref webbrowser wheel xml
        xmlrpc zipapp zipfile zipimport zlib zoneinfo
        """

    private static let goPackages = """
        archive arena bufio bytes cgo cmp compress container context crypto database debug embed encoding errors expvar flag
        fmt hash image index internal iter log maps mime net path plugin reflect regexp runtime slices sort strconv
        strings structs sync syscall testing text unique vendor main
        """

    private static let rustAndNode = """
        alloc core proc proc-macro std rustc cargo http2 https assert buffer child-process cluster console constants dns
        domain events fs inspector net node npm os path perf-hooks process punycode querystring readline stream timers
        tls tty url util v8 vm wasi worker-threads zlib node-modules favicon.ico
        """

    private static let buildTargets = """
        all bin build check clean dist doc docs example examples help install lib obj out package pom release src target
        tmp uninstall app index con prn aux nul com1 com2 com3 lpt1 lpt2 lpt3 java javax jdk sun maven cmake make python
        rust swift typescript javascript react vue
        """
}
