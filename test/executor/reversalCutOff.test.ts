import { expect, test } from "vitest";
import { GroupSite } from "./groupSite";
import { Site } from "./site";

const reversed = { state: "reversed" } as const;
const active = { state: "active" } as const;

/** The line between the sites breaks when a call has been cut off that had no effect: no role has changed, and nothing was copied. */
async function breaksAtCall(site: Site | GroupSite) {
	await site.run(active);
	await site.sites.addFault({ kind: "cutOff", effect: false, times: 1 });
	const link = site.sites.link("east-array", "west-array");
	site.onEvent = async ({ kind }) => {
		if (kind === "callCutOff") await link.lose();
	};
	const message = await site.run(reversed).then(
		() => "",
		(error: Error) => error.message,
	);
	site.onEvent = async () => {};
	await link.restore();
	return message;
}

/** The line breaks when a call was answered and its effect is there: the copy that it begins is in the middle. */
async function breaksInItsCopy(site: Site | GroupSite) {
	await site.run(active);
	const link = site.sites.link("east-array", "west-array");
	site.onEvent = async ({ kind }) => {
		if (kind !== "afterCall") return;
		site.clock.advance(400);
		await link.lose();
	};
	await site.run(reversed).catch(() => {});
	expect(site.record).toMatchObject({ direction: "reverse", copyState: "Broken", targetConsistent: false });
}

test("one that changed the roles before its copy broke off leaves half a disk, as ever", async () => {
	await breaksInItsCopy(await Site.open());
});

test.each([
	["a pair", () => Site.open(), ["ReverseRoles", "Resume"]],
	["a group", () => GroupSite.open(), ["ReverseRoles Sales", "Resume Sales"]],
])(
	"cut off, that of %s is not told to have overwritten a source whose roles it never changed",
	async (_, open, calls) => {
		const site = await open();
		const message = await breaksAtCall(site);
		expect(message).toContain("ReverseRoles");
		expect(message).not.toContain("is whole");
		expect(site.record?.sourceConsistent).not.toBe(false);
		// What serves meanwhile is not known, so this takes a token; but it goes the way that keeps the source.
		await site.runApproved(active);
		expect(site.received()).toEqual(calls);
	},
);

test("of a group that took it by half only the pair that changed its roles is", async () => {
	const site = await GroupSite.open();
	await site.sites.addFault({ kind: "partial", members: 1, times: 1 });
	await breaksInItsCopy(site);
	expect(site.record?.group?.except["6000100000000002"]).toMatchObject({
		direction: "forward",
		sourceConsistent: null,
	});
});
