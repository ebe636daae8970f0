/**
 * `bits` in each lane, in a form that the engine cannot see as a constant: V8 would rebuild a constant vector at every use in a
 * loop, where this stays in a register.   count: any number that is not negative
 */
// @ts-ignore: decorator
@inline
export function held(bits: i32, count: i32): v128 {
  return i32x4.splat(bits ^ (count >> 31));
}

/** As `held`, for an f32. */
// @ts-ignore: decorator
@inline
export function heldF32(value: f32, count: i32): v128 {
  return held(reinterpret<i32>(value), count);
}
