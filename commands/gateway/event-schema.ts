import { HoopCommand } from '../../src/cli/command.js'
import { jsonText } from '../../src/cli/text.js'

export default class GatewayEventSchema extends HoopCommand {
  static override summary = 'Print the JSON Schema of the events that other systems get.'
  static override examples = ['<%= config.bin %> <%= command.id %> > hoop-event-1.schema.json']

  async run() {
    await this.parse(GatewayEventSchema)
    const { eventJsonSchema } = await import('../../src/gateway/events/schema.js')
    const schema = eventJsonSchema()
    this.log(jsonText(schema, 2))
    return schema
  }
}
