/**
 * What the second server is made of: PostgreSQL 15 with contrib and the tools that test it, and pgvector, from Debian's
 * source packages. A change here is a new server: the folder's name is a digest of this.
 */
export const recipe = {
  /** The oldest release first: the package is the one that its own release brings. */
  packages: ['postgresql-15', 'pgvector'],
  releases: ['bookworm', 'trixie'],
  /** What compiling takes, beside the sources. */
  tools: ['gcc', 'libc6-dev', 'make', 'perl', 'pkg-config', 'libssl-dev', 'zlib1g-dev', 'libicu-dev', 'libxml2-dev'],
  configure: ['--with-openssl', '--with-icu', '--with-libxml', '--without-readline', '--enable-thread-safety'],
  /** It serves tests, so that time to compile counts for more than speed. */
  cflags: '-O1 -pipe',
} as const
