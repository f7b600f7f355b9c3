/**
 * What the masked columns hold: a value per row for each of two databases that differ in nothing else. What masks let
 * through by design is the same in both (the last four characters of `ssn`, the letters that `email` keeps, all of
 * `phone`, whose hash is stable), and NULLs stand in the same places.
 */
export type Side = 'one' | 'other'

/** In the order of the rows: three people, and one of whom nothing is known. */
export type Values = Readonly<Record<string, readonly [string, string, string]>>

export const customers: Readonly<Record<Side, Values>> = {
  one: {
    email: ['quixotic.zebra@wyvernmail.com', 'gloaming.heron@umbrapost.org', 'brusque.walnut@fjordnet.io'],
    ssn: ['641-87-3259', '728-46-1093', '517-38-6420'],
    phone: ['+1-415-836-8372', '+44-7712-953168', '+49-176-482913'],
    pin: ['1847293651', '1290467385', '2063918574'],
    salary: ['738291.64', '914827.35', '562718.93'],
    balance: ['6281947305528174', '7193648250917362', '5827361940385716'],
    score: ['0.7281936450182', '0.3918274650193', '0.5647382910564'],
    born: ['1957-11-23', '1949-02-17', '1983-07-06'],
    token: [
      'c3a91f7e-52d8-4b06-9e7d-81f5a04c62bb',
      '9d4e70b2-c6f1-4a83-b25e-70c8d93a1f46',
      '2f8b6c13-e09a-4d75-8a4c-5b1e97d03c68',
    ],
    profile: [
      '{"hemlockKey": "glaucoma-qvw", "plan": "obsidiantier"}',
      '{"hemlockKey": "psoriasis-zx", "plan": "tourmalineq"}',
      '{"hemlockKey": "arthritis-jk", "plan": "amethystvip"}',
    ],
    secret: ['ironcladFalcon', 'velvetAnaconda', 'crimsonOcelots'],
    aliases: ['{moonraker7,nightjar88}', '{windhover3,thistledown}', '{quicksilver9,bramblefox}'],
    ip: ['203.0.113.77', '198.18.204.91', '192.88.129.58'],
    home: ['("Larkspur Mews 41",ZX94QTV)', '("Tamarisk Quay 7",QJ61WVX)', '("Juniper Wharf 93",VK38XZQ)'],
    level: ['3', '3', '5'],
    vip: ['t', 'f', 't'],
    mood: ['happy', 'sad', 'calm'],
  },
  other: {
    email: ['quagmire.yonder@walrusbox.com', 'garrulous.finch@ulteriorz.org', 'bashful.kestrel@foxglove.io'],
    ssn: ['528-93-3259', '394-61-1093', '846-72-6420'],
    phone: ['+1-415-836-8372', '+44-7712-953168', '+49-176-482913'],
    pin: ['1692837451', '2118364907', '1370582946'],
    salary: ['829174.53', '417263.92', '693847.15'],
    balance: ['5173829460174635', '8264719305836172', '9471826350284617'],
    score: ['0.4192837465017', '0.8273645918204', '0.2938475610937'],
    born: ['1963-08-14', '1971-12-29', '1938-04-21'],
    token: [
      '5e7c20d9-8b3f-4196-a7e2-d04f8c6b195a',
      '71f0a3c8-2d6b-4e95-8c17-f3b9e5a20d64',
      'e82d5b97-401c-4fa6-9b38-c6d71f0e4a25',
    ],
    profile: [
      '{"juniperKey": "tinnitus-mnb", "plan": "malachitevx"}',
      '{"juniperKey": "gastritis-pq", "plan": "chalcedony"}',
      '{"juniperKey": "neuralgia-wz", "plan": "aventurine"}',
    ],
    secret: ['brazenPelican', 'lucidMongooses', 'solemnTapirs'],
    aliases: ['{daybreaker2,sundowner}', '{harbinger5}', '{nomadicus,wayfinder6,dustbowl44}'],
    ip: ['198.51.100.42', '203.0.113.199', '100.64.38.217'],
    home: ['("Foxtail Parade 9",BW27QKZ)', '("Wisteria Glade 52",GX83VJK)', '("Periwinkle Wynd 6",HZ15KWV)'],
    level: ['7', '2', '7'],
    vip: ['f', 'f', 't'],
    mood: ['sad', 'sad', 'happy'],
  },
}

/** Other masked tables, by `table.column`. */
export const others: Readonly<Record<Side, Values>> = {
  one: {
    'people.phone': ['0171-384-9265', '0160-927-3841', '0152-618-4073'],
    'events.payload': ['{"card": "wagtailblue"}', '{"card": "corncrakered"}', '{"card": "dotterelgrey"}'],
    'vault.code': ['xylophone-72', 'mandolin-941', 'harpsichord8'],
  },
  other: {
    'people.phone': ['0178-265-1839', '0163-481-9276', '0159-730-5162'],
    'events.payload': ['{"card": "plovergreen"}', '{"card": "bitternteal"}', '{"card": "avocetwhite"}'],
    'vault.code': ['bagpipes-338', 'ocarina-6204', 'vibraphone51'],
  },
}
