import { expect, test } from "vitest";
import { EngineLog } from "../../provider/lifecycle/engineLog";
import { check, create, diff, read, remove, update } from "../../provider/lifecycle/replicationGroup";
import { Session } from "../../provider/lifecycle/session";
import { hastyClock } from "../hastyClock";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { sharedLab } from "./lab";
import { twoArrays } from "./standIn";

const started = sharedLab();

describeWithPowerShell("a replication group on Windows", () => {
	test("is made, changed, refreshed and deleted, each call proved by what the host lists", async () => {
		const { host, standIn } = started((state) => {
			Object.assign(state, twoArrays(3));
			state.settings.reads = 0;
			state.groups = [];
		});
		const session = () => new Session(hastyClock, new EngineLog(undefined), () => host);
		const declared = { kind: "ReplicationGroup", host: "local", storageSubsystem: "East", friendlyName: "Orders $(x)" };
		const disk = (number: number) => `UID-East-000${number}`;
		const checked = async (members: readonly string[], olds = {}) => {
			const { inputs, failures } = await check(session(), olds, { ...declared, members });
			expect(failures).toEqual([]);
			return { ...inputs, __provider: "text" };
		};
		const methods = () =>
			standIn
				.calls()
				.flatMap(({ method }) => method ?? [])
				.filter((name) => /^(CreateReplicationGroup|AddMember|RemoveMember|DeleteObject)$/.test(name));
		const inputs = await checked([disk(1), disk(0)]);
		const { id, outs } = await create(session(), inputs);
		expect(outs).toMatchObject({ uniqueId: "UID-group-Orders $(x)", members: [disk(1), disk(0)], related: false });
		const news = await checked([disk(0), disk(2), disk(1)], inputs);
		expect(await diff(session(), outs, news)).toMatchObject({ changes: true, replaces: [] });
		const { outs: changed } = await update(session(), id, outs, news);
		expect(changed).toMatchObject({ members: [disk(0), disk(2), disk(1)] });
		expect(await read(session(), id, changed)).toEqual({ id, props: changed });
		expect(await remove(session(), id, changed)).toBe("ended");
		expect(await read(session(), id, changed)).toEqual({});
		expect(methods()).toEqual(["CreateReplicationGroup", "RemoveMember", "AddMember", "RemoveMember", "DeleteObject"]);
	});
});
