import { describe, expect, test } from "vitest";
import { type ProfileName, profiles } from "../../provider/hosts/simulator";
import { Site } from "./site";

describe.each(Object.keys(profiles) as ProfileName[])("a whole life on %s arrays", (profile) => {
	test("ends where the program says at every stage, and loses no acknowledged write but those consented to", async () => {
		const site = await Site.open({ profile });
		const { sites } = site;
		await site.run({ state: "active" });
		expect(site.received(), "adopting changes nothing").toEqual([]);

		await site.runApproved({ state: "suspended" });
		await sites.write("Orders", 5);
		await site.runApproved({ state: "active" });
		expect(sites.writes("Orders-DR").lacking).toBe(0);

		if (profile === "cci") await sites.readOnly("Orders");
		await site.runApproved({ state: "reversed" });
		expect(site.record).toMatchObject({ direction: "reverse", copyState: "Synchronized" });
		await sites.readOnly("Orders", false);
		await sites.write("Orders-DR", 3);

		if (profile === "cci") await sites.readOnly("Orders-DR");
		await site.runApproved({ state: "active" });
		await sites.readOnly("Orders-DR", false);
		expect(site.record).toMatchObject({ direction: "forward", copyState: "Synchronized" });
		expect(sites.writes().lost).toBe(0);

		await sites.array("east-array").lose();
		await site.runApproved({ state: "failedOver" }, { lost: "source" });
		expect(site.record).toMatchObject({ direction: "forward", copyState: "Failedover" });
		await sites.write("Orders-DR", 2);
		await sites.array("east-array").restore();

		await site.runApproved({ state: "active" });
		expect(site.record).toMatchObject({ direction: "forward", copyState: "Synchronized" });
		expect(sites.writes().lost, "what was written at the target came back").toBe(0);

		await site.run({ state: "absent" });
		expect(await site.settled()).toBeNull();
		expect(await site.hindrance({ state: "absent" })).toBeNull();
		expect(
			sites.calls().filter(({ effect }) => !effect),
			"no operation was refused or repeated",
		).toEqual([]);
	});
});

test("a relationship that is not there is created, onto an existing disk only with consent", async () => {
	const site = await Site.open({ related: false });
	expect(await site.hindrance({ state: "active" })).toBe("SR5001");
	await site.runApproved({ state: "active" });
	expect(site.effective()).toEqual(["CreateReplica"]);
	expect(site.sites.writes("Orders-DR").lacking).toBe(0);
});

test("fifty that ask at once are answered by one reading of each host", async () => {
	const site = await Site.open();
	const hosts = site.hosts();
	const counted = site.sites.file;
	const { readFileSync, writeFileSync } = await import("node:fs");
	writeFileSync(`${counted}.log`, "");
	await Promise.all(Array.from({ length: 50 }, () => hosts.observe("east")));
	await Promise.all(Array.from({ length: 50 }, () => hosts.observeAfresh("east")));
	const readings = readFileSync(`${counted}.log`, "utf8").trim().split("\n").length;
	// The first asker starts one; the others came after it had begun and share the next.
	expect(readings).toBe(3);
});
