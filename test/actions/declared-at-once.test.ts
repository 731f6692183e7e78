import { describe, expect, it } from 'vitest'
import { addComponent, addComponentInput } from '../../api/actions/add-component.ts'
import { changeComponent } from '../../api/actions/change-component.ts'
import { openIncident } from '../../api/actions/open-incident.ts'
import { componentSpans } from '../../db/schema.ts'
import { testWorld } from '../support/world.ts'

const { db, acting } = await testWorld()
const component = await addComponent(acting(), addComponentInput.parse({ name: 'Login' }))

describe('incidents declared at once on the same component', () => {
  it('are all declared, and the component ends as the worst of them', async () => {
    for (let round = 0; round < 5; round += 1) {
      const declared = Array.from({ length: 6 }, (_, n) =>
        openIncident(acting(), {
          title: `Trouble ${round} ${n}`,
          severity: n % 2 === 0 ? 'SEV1' : 'SEV3',
          body: 'It fails.',
          components: [{ id: component.id }],
        }),
      )
      const changed = changeComponent(acting(), component.id, { description: `Round ${round}` })
      expect(await Promise.all([...declared, changed])).toHaveLength(7)
    }
    const open = (await db.select().from(componentSpans)).filter((span) => span.endedAt === null)
    expect(open.map((span) => span.status)).toEqual(['major_outage'])
  })
})
