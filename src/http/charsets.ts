/** Names of character sets that mean the same, as Python's codecs know them. */
const ALIASES: ReadonlyMap<string, string> = new Map(
  [
    'utf-8 utf8 u8 utf cp65001 utf8-ucs2 utf8-ucs4',
    'utf-16 utf16 u16',
    'utf-32 utf32 u32',
    'utf-7 utf7 u7 unicode-1-1-utf-7',
    'ascii us-ascii us 646 ansi-x3.4-1968 ansi-x3-4-1968 cp367 csascii ibm367 iso646-us iso-646.irv-1991',
    'iso-8859-1 latin-1 latin1 latin l1 iso8859-1 8859 cp819 ibm819 csisolatin1 iso-ir-100',
    'iso-8859-2 latin2 l2 iso8859-2 csisolatin2 iso-ir-101',
    'iso-8859-3 latin3 l3 iso8859-3 csisolatin3 iso-ir-109',
    'iso-8859-4 latin4 l4 iso8859-4 csisolatin4 iso-ir-110',
    'iso-8859-5 cyrillic iso8859-5 csisolatincyrillic iso-ir-144',
    'iso-8859-6 arabic iso8859-6 csisolatinarabic iso-ir-127',
    'iso-8859-7 greek greek8 iso8859-7 csisolatingreek iso-ir-126',
    'iso-8859-8 hebrew iso8859-8 csisolatinhebrew iso-ir-138',
    'iso-8859-9 latin5 l5 iso8859-9 csisolatin5 iso-ir-148',
    'iso-8859-10 latin6 l6 iso8859-10 csisolatin6 iso-ir-157',
    'iso-8859-11 thai iso8859-11',
    'iso-8859-13 latin7 l7 iso8859-13',
    'iso-8859-14 latin8 l8 iso8859-14 iso-celtic iso-ir-199',
    'iso-8859-15 latin9 l9 iso8859-15',
    'iso-8859-16 latin10 l10 iso8859-16 iso-ir-226',
    ...Array.from('012345678', (digit) => `windows-125${digit} cp125${digit} 125${digit}`),
    'shift-jis shiftjis sjis s-jis csshiftjis',
    'euc-jp eucjp ujis u-jis',
    'iso-2022-jp iso2022jp csiso2022jp',
    'euc-kr euckr korean ksc5601 ks-c-5601 ks-c-5601-1987 ksx1001 ks-x-1001',
    'gb2312 gb2312-1980 gb2312-80 euc-cn euccn eucgb2312-cn chinese csiso58gb231280 iso-ir-58',
    'gbk 936 cp936 ms936',
    'gb18030 gb18030-2000',
    'big5 big5-tw csbig5',
    'big5hkscs big5-hkscs hkscs',
    'koi8-r cskoi8r',
  ].flatMap((names) => names.split(' ').map((name) => [name, names.split(' ', 1)[0] ?? name])),
)

/** The one name of a character set, in lower case; an unknown one is only made lower case. */
export function normalizeCharset(name: string): string {
  const lower = name.toLowerCase()
  const key = lower.replace(/[^a-z0-9.]+/g, '-').replace(/^-|-$/g, '')
  return ALIASES.get(key) ?? lower
}
