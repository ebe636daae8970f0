/** Lengths on both sides of every edge of 4-, 8-, 16- and 32-lane loops, each with more than one iteration. */
export const LANE_EDGES: readonly number[] = [1, 2, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65];
