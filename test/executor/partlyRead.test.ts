import { describe, expect, test } from "vitest";
import { observeRelationship } from "../../provider/executor/observeRelationship";
import { codeOf, Site } from "./site";

const layouts = {
	"one host that sees both arrays": { source: "management", target: "management" },
	"a host for each array": { source: "east", target: "west" },
	"two hosts that both see both arrays": { source: "management-1", target: "management-2" },
};

const cases = Object.entries(layouts).flatMap(([layout, hosts]) =>
	[true, false].map((named) => ({ layout, hosts, named, said: named ? "names it" : "names no array" })),
);

describe("an array that its provider cannot reach", () => {
	test.each(cases)("$layout, its error $said: a whole life", async ({ hosts, named }) => {
		const site = await Site.open({ hosts });
		const trouble = () => site.sites.addFault({ kind: "subsystemError", array: "east-array", named });
		await site.run({ state: "active" });
		await trouble();
		expect(await codeOf(site.run({ state: "failedOver", to: "target" }))).toBe("SR4001");
		for (const state of ["reversed", "split", "absent"] as const) {
			expect(await codeOf(site.runApproved({ state })), state).toBe("SR4001");
		}
		expect(site.received(), "nobody fails away from a silent array unasked").toEqual([]);

		await site.runApproved({ state: "failedOver", to: "target" }, { lost: "source" });
		expect(site.received()).toEqual(["Failover"]);
		await site.sites.write("Orders-DR", 3);
		await site.runApproved({ state: "failedOver", to: "target" }, { lost: "source" });
		expect(site.received()).toEqual(["Failover"]);

		await site.sites.removeFaults();
		await site.runApproved({ state: "active" });
		expect(site.received()).toEqual(["Failover", "Failback"]);
		await site.run({ state: "absent" });
		expect(site.received().at(-1)).toBe("Detach");
		expect(site.sites.writes().lost).toBe(0);
	});

	test.each(cases)("$layout, its error $said: nothing it hides is absent", async ({ hosts, named }) => {
		for (const array of ["east-array", "west-array"]) {
			const site = await Site.open({ hosts });
			await site.sites.addFault({ kind: "subsystemError", array, named });
			for (const state of ["active", "split", "absent"] as const) {
				const code = await codeOf(site.runApproved({ state }));
				// The source's word is enough to see that it is as wished.
				expect(code, `${array} ${state}`).toBe(array === "west-array" && state === "active" ? "no error" : "SR4001");
			}
			await site.sites.removeFaults();
			await site.run({ state: "active" });
			await site.sites.addFault({ kind: "subsystemError", array, named });
			const seen = await observeRelationship(site.request({ state: "active" }).declared, site.hosts(), "fresh");
			expect(seen.observed.presence).toBe("present");
			const end = array === "east-array" ? "source" : "target";
			expect(seen.observed.reachable).toEqual({ source: end !== "source", target: end !== "target" });
			expect(site.received()).toEqual([]);
		}
	});

	test("another array in trouble, named, stops nothing; unnamed, nothing that is listed whole", async () => {
		for (const named of [true, false]) {
			const site = await Site.open({ hosts: layouts["one host that sees both arrays"] });
			await site.sites.change((world) => {
				world.arrays.push({ name: "third-array", hosts: [], profile: "generous" });
			});
			await site.sites.addFault({ kind: "subsystemError", array: "third-array", named });
			const ended = await codeOf(site.run({ state: "suspended" }));
			// Unnamed, a job of ours may be among what was not read.
			expect(ended).toBe(named ? "no error" : "SR4001");
			expect(site.received()).toEqual(named ? ["Suspend"] : []);
		}
	});

	test("a relationship that cannot be read is not half a relationship", async () => {
		const site = await Site.open();
		await site.run({ state: "active" });
		site.seenThrough((seen, host) =>
			host === "west"
				? {
						...seen,
						relationships: [],
						unread: [{ hides: "relationships", subsystem: null, what: "not all relationships.", remedy: "wait." }],
					}
				: seen,
		);
		await site.run({ state: "suspended" });
		expect(site.received()).toEqual(["Suspend"]);
	});
});
