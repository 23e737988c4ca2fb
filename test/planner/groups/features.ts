/*
 * §2.3 "The numbers of the two lists collide (element 19 is not group 19): they are translated once, at the reading edge."
 */

/** §2.3 "Group → element", but for 16, 19, 21 and 22, which mean nothing for a Mirror. */
const elementOfGroup = new Map<number, number>([
	[17, 19],
	[18, 20],
	[20, 22],
	[27, 29],
	[28, 30],
	[29, 31],
	[30, 32],
	[31, 33],
	[52, 47],
	[53, 48],
	[54, 49],
	[58, 52],
	[59, 53],
	[60, 48],
	[61, 54],
]);

/** §2.3 "No group number exists for F15, F16, F17: taken from the element list." */
const onlyOfElements: readonly number[] = [15, 16, 17];

/** A group's features in the numbers that the pair model's rows are written in. */
export function inElementNumbers(ofGroup: readonly number[], ofElements: readonly number[]): number[] {
	const translated = ofGroup.flatMap((feature) => elementOfGroup.get(feature) ?? []);
	return [...new Set([...translated, ...ofElements.filter((feature) => onlyOfElements.includes(feature))])];
}

/** The same backwards, for a group of one that is to plan as the pair does. */
export function inGroupNumbers(ofPair: readonly number[]): { readonly group: number[]; readonly element: number[] } {
	const groupOfElement = new Map([...elementOfGroup].reverse().map(([group, element]) => [element, group]));
	return {
		group: ofPair.flatMap((feature) => groupOfElement.get(feature) ?? []),
		element: ofPair.filter((feature) => onlyOfElements.includes(feature)),
	};
}

/** §2.3 "Groups only". 48 is named, and never used (§6). */
export const ofGroupsOnly = {
	alwaysConsistent: 4,
	changeInFractured: 45,
	changeInSplit: 46,
	changeInSuspended: 47,
	changeInFailedover: 48,
	noElementLevel: 50,
	addWantsSynchronizedPair: 63,
} as const;
