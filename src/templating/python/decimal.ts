/** Exact decimal rounding of floats, half to even, as Python's `round` and `format` do. */

const view = new DataView(new ArrayBuffer(8))

/** A finite double as an exact fraction of two integers (the denominator a power of two). */
function fraction(value: number): [numerator: bigint, denominator: bigint] {
  view.setFloat64(0, value)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const mantissa = bits & 0xfffffffffffffn
  const significand = exponent === 0 ? mantissa : mantissa | (1n << 52n)
  const shift = (exponent === 0 ? 1 : exponent) - 1075
  const numerator = bits >> 63n ? -significand : significand
  return shift >= 0 ? [numerator << BigInt(shift), 1n] : [numerator, 1n << BigInt(-shift)]
}

/** `numerator / denominator` to the nearest integer, half to even. */
export function divideRounded(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n
  const size = negative ? -numerator : numerator
  const quotient = size / denominator
  const twice = (size % denominator) * 2n
  const up = twice > denominator || (twice === denominator && quotient % 2n === 1n)
  const rounded = up ? quotient + 1n : quotient
  return negative ? -rounded : rounded
}

/** `value * 10 ** decimals` to the nearest integer. */
function scaled(value: number, decimals: number): bigint {
  const [numerator, denominator] = fraction(value)
  const power = 10n ** BigInt(Math.abs(decimals))
  return decimals >= 0
    ? divideRounded(numerator * power, denominator)
    : divideRounded(numerator, denominator * power)
}

const isNegative = (value: number): boolean => value < 0 || Object.is(value, -0)

/** A finite number with exactly `decimals` digits behind the point (Python's `'%.*f'`). */
export function fixed(value: number, decimals: number): string {
  // A tie has no finer binary digits than this; everything else toFixed rounds exactly.
  const isTie = Number.isInteger(value * 2 ** (decimals + 1))
  if (!isTie && decimals <= 100 && Math.abs(value) < 1e21) {
    const text = value.toFixed(decimals)
    return isNegative(value) && !text.startsWith('-') ? `-${text}` : text
  }
  const digits = scaled(Math.abs(value), decimals)
    .toString()
    .padStart(decimals + 1, '0')
  const cut = digits.length - decimals
  const text = decimals === 0 ? digits : `${digits.slice(0, cut)}.${digits.slice(cut)}`
  return isNegative(value) ? `-${text}` : text
}

/** A finite number as digit, point, `decimals` digits and exponent (Python's `'%.*e'`). */
export function exponential(value: number, decimals: number): string {
  const sign = isNegative(value) ? '-' : ''
  const size = Math.abs(value)
  let exponent = size === 0 ? 0 : Number(size.toExponential().split('e')[1])
  let digits = scaled(size, decimals - exponent).toString()
  if (digits.length > decimals + 1) {
    exponent += 1
    digits = scaled(size, decimals - exponent).toString()
  }
  digits = digits.padStart(decimals + 1, '0')
  const mantissa = decimals === 0 ? digits : `${digits.charAt(0)}.${digits.slice(1)}`
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${sign}${mantissa}e${exponent < 0 ? '-' : '+'}${power}`
}

/** The shorter of both forms with `precision` significant digits (Python's `'%.*g'`). */
export function general(value: number, precision: number, keepZeros = false): string {
  const significant = precision === 0 ? 1 : precision
  const withExponent = exponential(value, significant - 1)
  const exponent = Number(withExponent.split('e')[1])
  if (exponent < -4 || exponent >= significant) {
    const [mantissa = '', power = ''] = withExponent.split('e')
    return `${keepZeros ? mantissa : withoutZeros(mantissa)}e${power}`
  }
  const text = fixed(value, significant - 1 - exponent)
  return keepZeros ? text : withoutZeros(text)
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

/** Python's `round(float, decimals)` as a plain number. */
export function roundFloat(value: number, decimals: number): number {
  if (!Number.isFinite(value) || decimals > 323) return value
  if (decimals < -308) return 0 * value
  if (decimals >= 0) return Number(fixed(value, decimals))
  const rounded = Number(scaled(Math.abs(value), decimals) * 10n ** BigInt(-decimals))
  return isNegative(value) ? -rounded : rounded
}

/** Python's `round(int, decimals)`: only negative decimals change anything. */
export function roundInt(value: bigint, decimals: number): bigint {
  if (decimals >= 0) return value
  const power = 10n ** BigInt(-decimals)
  return divideRounded(value, power) * power
}

/** nan and inf as Python's formatting writes them, or null for finite numbers. */
export function specialText(value: number): string | null {
  if (Number.isNaN(value)) return 'nan'
  if (Number.isFinite(value)) return null
  return value > 0 ? 'inf' : '-inf'
}
