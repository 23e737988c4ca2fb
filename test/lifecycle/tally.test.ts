import { describe, expect, test } from "vitest";
import { Tally } from "../../provider/lifecycle/tally";

const urn = (name: string) => `urn:pulumi:dev::program::type::${name}`;
const fails = (message: string) => Promise.reject(new Error(message));

describe("the summary of a run", () => {
	test("counts every relationship once, by its end, and names those that somebody has to look after", async () => {
		const tally = new Tally();
		for (let n = 0; n < 50; n++) tally.planned(urn(`disk-${n}`));
		for (let n = 0; n < 20; n++) await tally.run(urn(`disk-${n}`), Promise.resolve(), () => "changed");
		for (let n = 20; n < 30; n++) tally.unchanged(urn(`disk-${n}`));
		await tally.run(urn("disk-30"), fails("SR5001: this plan needs approval"), () => "changed").catch(() => {});
		await tally.run(urn("disk-31"), fails("SR3001: the array refused; see SR5001"), () => "changed").catch(() => {});
		tally.refused(urn("disk-32"));
		await tally.run(urn("disk-33"), Promise.resolve(), () => "adopted");
		await tally.run(urn("old"), Promise.resolve(), () => "ended");
		expect(tally.summary()).toBe(
			"51 relationships: 20 changed, 1 adopted, 1 ended, 10 unchanged, 2 failed (disk-31, disk-32), 1 waiting for consent (disk-30), 16 not tried (disk-34, disk-35, disk-36, disk-37, disk-38, disk-39, disk-40, disk-41, disk-42, disk-43 and 6 more).",
		);
	});

	test("is not told of a preview or a refresh, where nothing ran, nor of a single relationship, nor of an operation's error twice", async () => {
		const preview = new Tally();
		preview.planned(urn("a"));
		preview.unchanged(urn("b"));
		expect(preview.summary()).toBeNull();
		const single = new Tally();
		single.planned(urn("a"));
		const failure = single.run(urn("a"), fails("SR3001: refused"), () => "changed");
		await expect(failure, "the error goes on to the engine").rejects.toThrow("SR3001");
		expect(single.summary()).toBeNull();
	});
});
