import { randomInt } from 'node:crypto'

const ADJECTIVES =
  'Able Amber Bold Brave Bright Brisk Calm Careful Cheerful Clever Cosy Curious Daring Eager Early Fair Fearless Fond Free Friendly Gentle Glad Golden Graceful Happy Hardy Honest Humble Jolly Keen Kind Lively Loyal Lucky Mellow Merry Mindful Modest Nimble Noble Patient Playful Polite Proud Quick Quiet Radiant Ready Silver Sincere Steady Sunny Swift Tidy Vivid Warm Wise Witty'.split(
    ' ',
  )
const ANIMALS =
  'Albatross Alpaca Badger Beaver Bison Bluebird Bumblebee Caribou Chickadee Condor Crane Curlew Dolphin Dormouse Egret Falcon Finch Firefly Fox Gannet Gazelle Gecko Hare Hawk Hedgehog Heron Hoopoe Ibex Ibis Jackdaw Kestrel Kingfisher Kiwi Koala Lark Lemur Llama Lynx Magpie Marmot Marten Moth Narwhal Newt Nightingale Ocelot Osprey Otter Owl Panda Penguin Petrel Puffin Quail Raven Robin Seal Skylark Sparrow Starling Stork Swallow Swan Tapir Tern Toucan Turtle Walrus Wombat Wren'.split(
    ' ',
  )

/** What a guest is called until they say otherwise: "Curious Heron". Two guests may share a name. */
export function guestName(): string {
  return `${pick(ADJECTIVES)} ${pick(ANIMALS)}`
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? 'Friendly'
}
