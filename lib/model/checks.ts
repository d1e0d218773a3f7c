import { canonicalHost } from './hosts';
import { canonicalCidr } from './networks';
import { parseTime } from './schedule';

/** Yes-or-no forms of the parsers, for schemas. */
export const isCidr = (text: string): boolean => canonicalCidr(text).problem === undefined;
export const isHost = (text: string): boolean => canonicalHost(text).host === text;
export const isTime = (text: string): boolean => parseTime(text).problem === undefined;
