/** The place of the formatting bar: below the top bar, and on a phone at the foot of the page, above the keyboard. */
export const formatBarClass =
  'h-10 border-line bg-canvas border-b pointer-coarse:h-12 phone:fixed phone:inset-x-0 phone:h-[calc(3rem+1px)] phone:top-auto phone:bottom-(--keyboard) phone:border-t phone:border-b-0'
