exports.up = (pgm) => {
  pgm.addColumns('books', { pages: { type: 'integer', default: 1 } })
  pgm.alterColumn('authors', 'name', { type: 'varchar(80)' })
  pgm.alterColumn('books', 'title', { notNull: true })
  pgm.renameColumn('books', 'pages', 'sheets')
  pgm.addTypeValue('status', 'sent')
  pgm.sql('UPDATE books SET price = 1 WHERE price IS NULL')
}
exports.down = false
