exports.up = (pgm) => {
  pgm.createSchema('crm')
  pgm.createType('status', ['new', 'paid'])
  pgm.createDomain('positive', 'integer', { check: 'VALUE > 0' })
  pgm.createSequence('ticket')
  pgm.createTable('authors', {
    id: 'id',
    name: { type: 'varchar(20)', notNull: true, unique: true },
    created: { type: 'timestamp', default: pgm.func('current_timestamp') },
  })
  pgm.createTable(
    'books',
    {
      id: 'id',
      author: { type: 'integer', references: '"authors"', onDelete: 'cascade' },
      title: 'text',
      price: 'integer',
    },
    { comment: 'what is sold' },
  )
  pgm.createIndex('books', ['title'])
  pgm.addConstraint('books', 'price_positive', { check: 'price > 0' })
  pgm.createView('cheap', {}, 'SELECT * FROM books WHERE price < 10')
  pgm.createFunction(
    'touch',
    [],
    { returns: 'trigger', language: 'plpgsql', replace: true },
    'BEGIN NEW.title := trim(NEW.title); RETURN NEW; END',
  )
  pgm.createTrigger('books', 'touched', { when: 'BEFORE', operation: 'UPDATE', level: 'ROW', function: 'touch' })
}
exports.down = (pgm) => {
  pgm.dropTable('books')
}
