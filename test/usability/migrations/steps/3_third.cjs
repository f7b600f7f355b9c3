exports.up = (pgm) => {
  pgm.noTransaction()
  pgm.createIndex('books', ['price'], { concurrently: true, name: 'by_price' })
}
exports.down = false
