import { expect, test } from "vitest";
import {
	describeGroupCall,
	type GroupCall,
	isSameMembership,
	type Membership,
	membershipAfter,
	planMembership,
} from "../../provider/planner/groupMembership";

const disks = ["a", "b", "c", "d"];

/** Every order of every set of these disks. */
function orders(from: readonly string[]): string[][] {
	return [
		[],
		...from.flatMap((first) => orders(from.filter((each) => each !== first)).map((rest) => [first, ...rest])),
	];
}

/** What the array makes of a call: a second reading of the rules, which refuses what no array takes. */
function take(seen: Membership, call: GroupCall): Membership {
	if (call.kind === "create") {
		expect(seen).toBeNull();
		return call.members;
	}
	if (seen === null) throw new Error(`${call.kind} of a group that is not there`);
	if (call.kind === "delete") {
		expect(seen).toEqual([]);
		return null;
	}
	expect(call.members.length).toBeGreaterThan(0);
	for (const member of call.members) expect(seen.includes(member)).toBe(call.kind === "remove");
	return call.kind === "add" ? seen.concat(call.members) : seen.filter((each) => !call.members.includes(each));
}

/** The fewest calls between any two orders, found by trying: those that an empty group would be between are not counted. */
function fewest(from: string[], to: string[]): number {
	const all = orders(disks);
	const key = (order: readonly string[]) => order.join("");
	const reached = new Map([[key(from), 0]]);
	const queue = [from];
	for (let at = queue.shift(); at !== undefined; at = queue.shift()) {
		const calls = reached.get(key(at)) ?? 0;
		if (key(at) === key(to)) return calls;
		if (at.length === 0 && at !== from) continue;
		for (const next of all) {
			const isLonger = next.length > at.length && key(next).startsWith(key(at));
			const isShorter = next.length < at.length && next.join("") === at.filter((each) => next.includes(each)).join("");
			if ((isLonger || isShorter) && !reached.has(key(next))) {
				reached.set(key(next), calls + 1);
				queue.push(next);
			}
		}
	}
	throw new Error("there is no way");
}

test("every plan leads to the wished members in their order by the fewest calls, and is its own rest after each of them", () => {
	for (const seen of [null, ...orders(disks)]) {
		for (const wished of [null, ...orders(disks)]) {
			const plan = planMembership(seen, wished);
			let now: Membership = seen;
			for (const [index, call] of plan.entries()) {
				const next = take(now, call);
				expect(membershipAfter(now, call)).toEqual(next);
				now = next;
				expect(planMembership(now, wished), `${seen} to ${wished}, after ${index + 1}`).toEqual(plan.slice(index + 1));
				const isBetween = index < plan.length - 1;
				if (isBetween && wished !== null) expect(now, `${seen} to ${wished}`).not.toEqual([]);
			}
			expect(isSameMembership(now, wished), `${seen} to ${wished}`).toBe(true);
			if (seen !== null && wished !== null) expect(plan.length, `${seen} to ${wished}`).toBe(fewest(seen, wished));
		}
	}
});

test("a plan says what it does, and of secret names how many", () => {
	const labels = { host: "east", group: "Sales", disk: (member: string) => member.toUpperCase() };
	const lines = (seen: Membership, wished: Membership) =>
		planMembership(seen, wished).map((call) => describeGroupCall(call, labels));
	expect(lines(null, ["a", "b"])).toEqual(["CreateReplicationGroup at east: Sales is made of A, B"]);
	expect(lines(null, [])).toEqual(["CreateReplicationGroup at east: Sales is made empty"]);
	expect(lines(["a", "b"], ["b", "a"])).toEqual([
		"RemoveMember at east: A leaves Sales",
		"AddMember at east: A joins Sales at its end",
	]);
	expect(lines(["a"], ["c", "d", "a"])).toEqual([
		"AddMember at east: C, D join Sales at its end",
		"RemoveMember at east: A leaves Sales",
		"AddMember at east: A joins Sales at its end",
	]);
	expect(lines(["a"], null)).toEqual([
		"RemoveMember at east: A leaves Sales",
		"DeleteObject at east: Sales is deleted, the disks stay",
	]);
	const [call] = planMembership(["a", "b", "c"], ["a"]);
	const hidden = { ...labels, group: "the group", disk: null };
	expect(call && describeGroupCall(call, hidden)).toBe("RemoveMember at east: 2 disks leave the group");
});
