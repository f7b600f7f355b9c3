/**
 * What fake values are made of. Common given names; everything else is put together from ordinary words, so that no list
 * of people, places or firms stands behind it.
 */
const words = (text: string): readonly string[] => text.trim().split(/\s+/)

export const firstNames = words(`
  Ada Aiko Alba Amara Amir Anna Anton Aria Arun Ben Carla Cem Chen Clara Dana David Dilan Elena Elias Emil Emma Eva Farid
  Fatima Felix Finn Freya Grace Hana Hugo Ines Ivan Jack Jana Jon Jun Kai Karim Kira Lars Layla Lea Leo Lina Luca Lucy Mara
  Mateo Max Mei Mia Mila Mina Nadia Nico Nina Nora Oscar Paula Pavel Ravi Rosa Sam Sara Sofia Tara Theo Tom Uma Vera Yara
  Yusuf Zoe`)

export const lastNames = words(`
  Acorn Alder Amber Ashgrove Aspen Barley Bayleaf Birch Blackthorn Bramble Briar Brook Cedar Cloud Clover Copper Coral Cove
  Dale Driftwood Dune Elder Elm Ember Fern Field Flint Foxglove Frost Garnet Glen Granite Hawthorn Hazel Heather Holly Ivy
  Juniper Lake Larch Lark Linden Maple Marsh Meadow Mill Moss Oakley Orchard Pebble Pine Quartz Reed Ridge Rowan Rush Sage
  Slate Sorrel Spruce Stone Sycamore Thistle Thorn Vale Walnut Willow Winter Wren Yarrow`)

export const placeBeginnings = words(`
  Amber Ash Birch Bright Clear Cold East Elm Fair Fern Green Grey Hazel High Iron Long Maple Mill New North Oak Red River
  Rock Rose Silver South Stone West White Wild Winter`)

export const placeEndings = words(`bridge brook bury dale field ford gate grove ham haven hill mere port side ton wick`)

export const firmKinds = words(`Analytics Bakery Design Foods Freight Gardens Labs Logistics Media Optics Partners Press
  Software Supply Systems Textiles Tools Works`)

export const streetKinds = words(`Avenue Close Court Drive Lane Road Row Street Terrace Way`)
