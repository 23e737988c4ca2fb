# State, clock, arrays.
$script:OpNames = @{ 2 = 'Abort'; 3 = 'ActivateConsistency'; 4 = 'Activate'; 5 = 'AddSyncPair'; 6 = 'DeactivateConsistency'; 7 = 'Deactivate'; 8 = 'Detach'; 9 = 'Dissolve'; 10 = 'Failover'; 11 = 'Failback'; 12 = 'Fracture'; 13 = 'RemoveSyncPair'; 14 = 'ResyncReplica'; 15 = 'RestoreFromReplica'; 16 = 'Resume'; 17 = 'ResetToSync'; 18 = 'ResetToAsync'; 19 = 'ReturnToResourcePool'; 20 = 'ReverseRoles'; 21 = 'Split'; 22 = 'Suspend'; 23 = 'Unprepare' }
$script:CsNames = @{ 2 = 'Initialized'; 3 = 'Unsynchronized'; 4 = 'Synchronized'; 5 = 'Broken'; 6 = 'Fractured'; 7 = 'Split'; 8 = 'Inactive'; 9 = 'Suspended'; 10 = 'Failedover'; 11 = 'Prepared'; 12 = 'Aborted'; 13 = 'Skewed'; 14 = 'Mixed'; 15 = 'NotApplicable'; 16 = 'Partitioned' }
$script:CodeText = @{ 0 = 'Success'; 1 = 'Not Supported'; 2 = 'Unspecified Error'; 3 = 'Timeout'; 4 = 'Failed'; 5 = 'Invalid Parameter'; 6 = 'In use'; 8 = 'Object Not Found'; 40001 = 'Access denied'; 40002 = 'There are not enough resources to complete the operation.'; 40003 = 'Cache out of date'; 40009 = 'The operation is not supported while the cluster is being upgraded.' }
$script:Defaults = @{
    operations = @(2, 4, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 20, 21, 22); operationsError = 0
    features = @(); featuresError = 0
    copyStates = @(2, 3, 4, 5, 6, 7, 9, 10, 12); copyStatesError = 0
    implements = $null                       # null: what is advertised (or everything, if operations is null)
    replicationTypes = @(2, 3, 4, 5)
    runAsJob = $true
    jobs = 'asked'                           # asked | never | always
    jobOutcome = 'completes'                 # completes | fails | vanishesAtEnd | vanishesMidRun | noReference
    jobErrorCode = 4; jobFailState = 10; jobFailEffect = 'none'; jobKeepMs = -1
    jobMs = 400; transitMs = 200; copyMs = 600; lateMs = 0; asyncLagMs = 0; callMs = 0; latencyMs = 0; discoverMs = 0
    codesAs = 'exception'                    # exception | returnValue
    streamed = $false; extendedStatus = $false; omitNullOut = $false
    stale = 'no'                             # no | once | everyOp | forever
    failoverAgain = 'refuse'                 # refuse | success | toggle
    noOpSuccess = $false                     # goal state already holds: 0 without effect
    f47 = 'before'                           # before | after
    issueAt = 'source'                       # source | either
    illegalCode = 5; busyCode = 6; linkCode = 4; unsupportedCode = 1
    reverseRekeys = $true; reverseHiddenMs = 0; reverseCopies = $false
    detachOneSided = $false
    linksShownAt = 'both'                    # both | source
    peerIds = 'array'                        # array | objectId | allSame | null
    peerSubsystemName = 'Name'               # Name | FriendlyName
    isPrimary = 'peer'                       # peer | self | null
    localPeers = $true
    linkDownState = 5; afterRepair = 'feature'  # feature | auto | suspended | broken
    progress = @{}; progressNumbering = 'mof'
    targetAccess = 1; createMode = 'Synchronous'
    noise = @(); logReads = $false
}
function ConvertFrom-Node($e) {
    $k = $e.ValueKind.ToString()
    if ($k -eq 'Object') { $h = [ordered]@{}; foreach ($p in $e.EnumerateObject()) { $h[$p.Name] = ConvertFrom-Node $p.Value }; return $h }
    if ($k -eq 'Array') { $l = [System.Collections.ArrayList]::new(); foreach ($x in $e.EnumerateArray()) { [void]$l.Add((ConvertFrom-Node $x)) }; return , $l }
    if ($k -eq 'String') { return $e.GetString() }
    if ($k -eq 'Number') { [long]$v = 0; if ($e.TryGetInt64([ref]$v)) { return $v }; return $e.GetDouble() }
    if ($k -eq 'True') { return $true }
    if ($k -eq 'False') { return $false }
    return $null
}
function Get-Now { [System.DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() }
function Enter-State {
    $f = $env:STANDIN_STATE
    if (-not $f) { throw 'STANDIN_STATE is not set' }
    $lock = "$f.lock"
    $deadline = (Get-Now) + 20000
    while ($true) {
        try {
            $s = [System.IO.FileStream]::new($lock, [System.IO.FileMode]::CreateNew, [System.IO.FileAccess]::Write, [System.IO.FileShare]::Read)
            $b = [System.Text.Encoding]::ASCII.GetBytes("$PID"); $s.Write($b, 0, $b.Length); $s.Dispose()
            break
        } catch [System.IO.IOException] {
            try {
                $holder = [System.IO.File]::ReadAllText($lock).Trim()
                if ($holder -match '^\d+$' -and -not [System.IO.Directory]::Exists("/proc/$holder")) { [System.IO.File]::Delete($lock); continue }
            } catch { $null = $_ }
            if ((Get-Now) -gt $deadline) { throw "stand-in: the state lock $lock is held too long" }
            [System.Threading.Thread]::Sleep(3)
        }
    }
    try {
        $text = [System.IO.File]::ReadAllText($f)
        $doc = [System.Text.Json.JsonDocument]::Parse($text)
        $script:DB = ConvertFrom-Node $doc.RootElement
        $doc.Dispose()
        $script:StateText = $text
        foreach ($n in 'config', 'machines', 'arrays') { if ($null -eq $DB[$n]) { $DB[$n] = [ordered]@{} } }
        foreach ($n in 'pairs', 'jobs', 'faults', 'partners') { if ($null -eq $DB[$n]) { $DB[$n] = [System.Collections.ArrayList]::new() } }
        if ($null -eq $DB.seq) { $DB.seq = 1 }
        $script:Now = Get-Now
        Update-State
    } catch { [System.IO.File]::Delete($lock); throw }
}
function Exit-State([bool]$write = $true) {
    $f = $env:STANDIN_STATE
    try {
        if ($write) {
            $t = ConvertTo-Json -InputObject $DB -Depth 20
            if ($t -ne $StateText) { [System.IO.File]::WriteAllText("$f.tmp", $t); [System.IO.File]::Move("$f.tmp", $f, $true) }
        }
    } finally { [System.IO.File]::Delete("$f.lock") }
}
function Write-Log($h) {
    if (-not $env:STANDIN_LOG) { return }
    $h['t'] = $Now; $h['pid'] = $PID
    [System.IO.File]::AppendAllText($env:STANDIN_LOG, ((ConvertTo-Json -InputObject $h -Depth 8 -Compress) + "`n"))
}
function Get-Conf([string]$array, [string]$key) {
    $a = $DB.arrays[$array]
    if ($a -and $a.config -and $a.config.Contains($key)) { return , $a.config[$key] }
    if ($DB.config.Contains($key)) { return , $DB.config[$key] }
    return , $Defaults[$key]
}
function Get-Disk($end) { foreach ($d in $DB.arrays[$end.array].disks) { if ($d.id -eq $end.disk) { return $d } } }
function Get-Feat($array) { , @((Get-Conf $array "features") | ForEach-Object { [int]$_ }) }
function Get-Implemented($array) {
    $i = Get-Conf $array 'implements'
    if ($null -eq $i) { $i = Get-Conf $array 'operations' }
    if ($null -eq $i) { $i = 2..23 }
    , @($i | ForEach-Object { [int]$_ })
}
function Test-LinkDown($p) { ($p.link -eq 'down') -or ($DB.arrays[$p.a.array].up -eq $false) -or ($DB.arrays[$p.b.array].up -eq $false) }
function Get-Src($p) { if ($p.source -eq 'b') { 'b' } else { 'a' } }
function Get-Tgt($p) { if ($p.source -eq 'b') { 'a' } else { 'b' } }
function Get-Settled($p, [int]$cs) {
    $m = Get-Conf $p[(Get-Src $p)].array 'progress'
    $n = $CsNames[$cs]
    if ($m -and $n -and $null -ne $m[$n]) { return [int]$m[$n] }
    return 2
}
function Copy-Content($p, [string]$from, [string]$to, [bool]$steady) {
    $f = Get-Disk $p[$from]; $t = Get-Disk $p[$to]
    if ($f.content -ne $t.content) {
        if (-not $steady) { Write-Log ([ordered]@{ event = 'overwrite'; pair = $p.id; from = $f.uniqueId; to = $t.uniqueId; old = $t.content; new = $f.content }) }
        $t.content = $f.content
    }
}
function Set-Settled($p, [int]$cs, $ps) {
    $p.copyState = $cs
    $p.progress = $(if ($null -ne $ps) { [int]$ps } else { Get-Settled $p $cs })
    $p.requested = 15
    if ($cs -eq 4) { $p.percent = 100; $p.consistent = $true; $p.syncTime = $Now }
}
function Update-Pair($p) {
    if ($null -eq $p.copyState) { $p.copyState = 4 }
    if ($p.copyState -is [string]) { foreach ($k in $CsNames.Keys) { if ($CsNames[$k] -eq $p.copyState) { $p.copyState = $k; break } } }
    if ($null -eq $p.source) { $p.source = 'a' }
    if ($null -eq $p.kind) { $p.kind = 'remote' }
    if ($null -eq $p.mode) { $p.mode = 2 }
    if ($p.mode -is [string]) { $p.mode = @{ Unknown = 0; Synchronous = 2; Asynchronous = 3; Adaptive = 4 }[$p.mode] }
    if ($null -eq $p.type) { $p.type = 6 }
    if ($null -eq $p.gen) { $p.gen = 1 }
    if ($null -eq $p.consistent) { $p.consistent = [int]$p.copyState -notin 2, 3 }
    if ($null -eq $p.progress) { $p.progress = $(if ([int]$p.copyState -eq 3) { 6 } else { Get-Settled $p ([int]$p.copyState) }) }
    if ($null -eq $p.requested) { $p.requested = 15 }
    if ($null -eq $p.percent) { $p.percent = $(if ([int]$p.copyState -in 2, 3) { 0 } else { 100 }) }
    $srcArr = $p[(Get-Src $p)].array
    # a copying state written into the state file without a transit: let it copy
    if (-not $p.transit -and [int]$p.copyState -eq 3 -and -not $p.stuck -and [int]$p.progress -notin 17, 18, 19 -and -not $p.frozen) { Start-Copy $p 6 }
    $down = Test-LinkDown $p
    if ($down -and -not $p.brokenByLink) {
        $goal = $(if ($p.transit) { [int]$p.transit.final.cs } else { [int]$p.copyState })
        if ($goal -in 2, 3, 4 -and -not ($p.transit -and $p.transit.final.drop)) {
            $p.transit = $null; $p.job = $null
            $p.copyState = [int](Get-Conf $srcArr 'linkDownState'); $p.progress = Get-Settled $p ([int]$p.copyState); $p.brokenByLink = $true
            $p.requested = 4
        }
    } elseif (-not $down) {
        $p.other = $null
        if ($p.brokenByLink) {
            $p.brokenByLink = $null
            if ([int]$p.copyState -in 5, 16) {
                $r = Get-Conf $srcArr 'afterRepair'
                if ($r -eq 'auto' -or ($r -eq 'feature' -and (Get-Feat $srcArr) -contains 15)) { Start-Copy $p 7 } elseif ($r -eq 'suspended') { Set-Settled $p 9 } else { Set-Settled $p 5 }
            }
        }
    }
    while ($p.transit) {
        $t = $p.transit
        $st = $t.stages[[int]$t.i]
        if ($p.stuck -and $st.pct) { if ([int]$p.percent -gt 42) { $p.percent = 42 }; $t.t0 = $Now; break }
        if ($Now -lt [long]$t.t0 + [long]$st.ms) {
            if ($null -ne $st.cs) { $p.copyState = [int]$st.cs }
            if ($null -ne $st.ps) { $p.progress = [int]$st.ps }
            if ($st.pct) { $p.percent = [int][Math]::Floor(100 * ($Now - [long]$t.t0) / [Math]::Max(1, [long]$st.ms)) }
            break
        }
        $t.t0 = [long]$t.t0 + [long]$st.ms
        if ($st.flip) { Invoke-Flip $p }
        if ($null -ne $st.mode) { $p.mode = [int]$st.mode }
        $t.i = [int]$t.i + 1
        if ([int]$t.i -lt $t.stages.Count) { continue }
        $f = $t.final
        $p.transit = $null
        if ($f.copy -eq 'st') { Copy-Content $p (Get-Src $p) (Get-Tgt $p) $false }
        if ($f.copy -eq 'ts') { Copy-Content $p (Get-Tgt $p) (Get-Src $p) $false }
        if ($f.drop -and $f.deleteTarget) { $td = Get-Disk $p[(Get-Tgt $p)]; Write-Log ([ordered]@{ event = 'deleted'; disk = $td.uniqueId; old = $td.content }); $DB.arrays[$p[(Get-Tgt $p)].array].disks.Remove($td) }
        if ($f.drop) { if ($f.drop -eq 'both') { $p.removed = $true } else { $p.gone = $(if ($p.gone) { 'ab' } else { $f.drop }); if ($p.gone -eq "ab") { $p.removed = $true } else { $p.progress = Get-Settled $p ([int]$p.copyState); $p.requested = 15 } } ; continue }
        Set-Settled $p ([int]$f.cs) $f.ps
    }
    if (-not $p.transit -and [int]$p.copyState -eq 4 -and [int]$p.progress -notin 17, 18, 19 -and -not $down -and -not $p.removed -and -not $p.gone) {
        $lag = $(if ([int]$p.mode -eq 3) { [long](Get-Conf $srcArr 'asyncLagMs') } else { 0 })
        if ($lag -gt 0) { $sc = (Get-Disk $p[(Get-Src $p)]).content; if ($p.seen -ne $sc) { $p.seen = $sc; $p.seenAt = $Now } }
        if ($lag -le 0 -or $Now - [long]$p.seenAt -ge $lag) { Copy-Content $p (Get-Src $p) (Get-Tgt $p) $true }
    }
}
function Invoke-Flip($p) {
    $c = $p[(Get-Src $p)].array
    $p.source = Get-Tgt $p
    if (Get-Conf $c 'reverseRekeys') { $p.gen = [int]$p.gen + 1 }
    $h = [long](Get-Conf $c 'reverseHiddenMs')
    if ($h -gt 0) { $p.hiddenUntil = $Now + $h }
}
function Start-Transit($p, [int]$op, $stages, $final, [long]$late = 0) {
    $l = [System.Collections.ArrayList]::new()
    if ($late -gt 0) { [void]$l.Add([ordered]@{ ms = $late }) }
    foreach ($x in $stages) { [void]$l.Add($x) }
    $p.transit = [ordered]@{ op = $op; i = 0; t0 = $Now; stages = $l; final = $final }
}
function Start-Copy($p, [int]$ps) {
    $ms = [long](Get-Conf $p[(Get-Src $p)].array 'copyMs')
    $p.percent = 0; $p.requested = 4
    Start-Transit $p 0 @([ordered]@{ cs = 3; ps = $ps; ms = $ms; pct = $true }) ([ordered]@{ cs = 4; copy = 'st' })
}
function Update-State {
    foreach ($p in @($DB.pairs)) { Update-Pair $p; if ($p.removed) { $DB.pairs.Remove($p) } }
    foreach ($j in @($DB.jobs)) {
        $end = [long]$j.start + [long]$j.ms
        if ($j.outcome -eq 'vanishesMidRun' -and $Now -ge [long]$j.start + [long]$j.ms / 2) { $DB.jobs.Remove($j); continue }
        if ($Now -ge $end) {
            if ($j.outcome -eq 'vanishesAtEnd') { $DB.jobs.Remove($j); continue }
            if ([long]$j.keep -ge 0 -and $Now -ge $end + [long]$j.keep) { $DB.jobs.Remove($j) }
        }
    }
}
$script:GuidCache = [System.Collections.Hashtable]::new([System.StringComparer]::Ordinal)
function New-Guidish([string]$seed) {
    if ($GuidCache.Contains($seed)) { return $GuidCache[$seed] }
    $h = [System.Security.Cryptography.MD5]::HashData([System.Text.Encoding]::UTF8.GetBytes($seed))
    $g = '{' + ([guid]::new($h)).ToString() + '}'
    $GuidCache[$seed] = $g
    $g
}
# ---- names of things, as one machine sees them
function Get-ObjectId([string]$m, [string]$kind, [string]$array, [string]$rest) {
    $cls = @{ SP = 'StorageProvider'; SS = 'StorageSubSystem'; PO = 'StoragePool'; VD = 'VirtualDisk'; RP = 'ReplicaPeer'; RC = 'ReplicationCapabilities'; SJ = 'StorageJob' }[$kind]
    $hn = $DB.machines[$m].hostName; if (-not $hn) { $hn = $m.ToUpperInvariant() }
    $prov = $(if ($array) { New-Guidish ("provider/$array") } else { '' })
    '{1}\\' + $hn + '\root/Microsoft/Windows/Storage/Providers_v2\ACME_' + $cls + '.ObjectId="' + $prov + ':' + $kind + ':' + $rest + '"'
}
function Get-DiskOid($m, $array, $id) { Get-ObjectId $m 'VD' $array ((New-Guidish $array) + (New-Guidish "$array/$id")) }
function Get-InnerDiskId($array, $id) { 'VD:' + (New-Guidish $array) + (New-Guidish "$array/$id") }
function Get-PeerOid($m, $p, $side) { Get-ObjectId $m 'RP' $p[$side].array ((New-Guidish "$($p.id)/$side/$($p.gen)")) }
function Get-Ends($m, $p) {
    # the ends of a pair that this machine manages and shows
    foreach ($e in 'a', 'b') {
        if ($p.gone -and $p.gone.Contains($e)) { continue }
        if (@($DB.machines[$m].arrays) -notcontains $p[$e].array) { continue }
        if ($DB.arrays[$p[$e].array].up -eq $false) { continue }
        if ($null -ne $p.hiddenUntil -and $Now -lt [long]$p.hiddenUntil) { continue }
        if ((Get-Conf $p[$e].array 'linksShownAt') -eq 'source' -and $e -ne (Get-Src $p)) { continue }
        $e
    }
}
function Get-EffAccess($array, $d) {
    if ($null -ne $d.access) { return [int]$d.access }
    foreach ($p in $DB.pairs) {
        $t = Get-Tgt $p; $s = Get-Src $p
        $isT = $p[$t].array -eq $array -and $p[$t].disk -eq $d.id
        $isS = $p[$s].array -eq $array -and $p[$s].disk -eq $d.id
        if ($isT -and [int]$p.copyState -notin 6, 7, 10, 13) { if ($p.gone -and $p.gone.Contains($t)) { continue }; return [int](Get-Conf $array 'targetAccess') }
        if ($isS -and [int]$p.copyState -eq 10 -and -not ($p.other -and $p.other.side -eq $s) -and -not ($p.gone -and $p.gone.Contains($s))) { return [int](Get-Conf $array 'targetAccess') }
    }
    return 3
}
function Get-SyncValues($p, [string]$side) {
    $cs = [int]$p.copyState; $ps = [int]$p.progress; $rq = [int]$p.requested
    if ($p.other -and $p.other.side -eq $side) { $cs = [int]$p.other.cs; $ps = Get-Settled $p $cs; $rq = 15 }
    if ((Get-Conf $p[(Get-Src $p)].array 'progressNumbering') -eq 'page') { if ($ps -eq 21) { $ps = 13 } elseif ($ps -eq 13) { $ps = 14 } elseif ($ps -eq 14) { $ps = 15 } }
    $ss = @{ 2 = 2; 3 = 15; 4 = 6; 5 = 12; 6 = 13; 7 = 13; 9 = 14; 8 = 11; 11 = 4 }[$cs]
    if ($ps -in 7) { $ss = 5 } elseif ($ps -eq 8 -or $ps -eq 12) { $ss = 10 } elseif ($ps -in 9, 10) { $ss = 7 } elseif ($ps -eq 5) { $ss = 3 }
    @{
        CopyMethodology = 4; CopyPriority = 0; CopyState = $cs; CopyType = $(if ([int]$p.mode -eq 3) { 2 } elseif ([int]$p.mode -eq 2) { 3 } else { $null })
        PercentSynced = [int]$p.percent; ProgressStatus = $ps; RecoveryPointObjective = $(if ($null -ne $p.rpo) { $p.rpo } elseif ([int]$p.mode -eq 3) { 300 } else { 0 })
        ReplicaType = 2; RequestedCopyState = $rq; SyncMaintained = ($cs -in 3, 4); SyncMode = [int]$p.mode; SyncState = $ss
        SyncTime = $(if ($null -ne $p.syncTime) { [System.DateTimeOffset]::FromUnixTimeMilliseconds([long]$p.syncTime).LocalDateTime } else { $null }); SyncType = [int]$p.type
    }
}
# ---- rows of a class on a machine: hashtables of values, refs as @{ '$ref' = class; key = oid }
function New-Ref($cls, $oid) { @{ '$ref' = $cls; oid = $oid } }
function Get-Rows([string]$cls, [string]$m) {
    $mach = $DB.machines[$m]
    $arrays = @($mach.arrays | Where-Object { $DB.arrays[$_] -and $DB.arrays[$_].up -ne $false })
    switch ($cls) {
        'MSFT_StorageProvider' { foreach ($a in $arrays) { $x = $DB.arrays[$a]; @{ ObjectId = (Get-ObjectId $m 'SP' $a ''); UniqueId = (New-Guidish "provider/$a"); Manufacturer = $x.manufacturer; Name = "$($x.friendlyName) Provider"; Type = 1; Version = '4.2'; SupportsSubsystemRegistration = $false; RemoteSubsystemCacheMode = 0; SupportedRemoteSubsystemCacheModes = @(0) } } }
        'MSFT_StorageSubSystem' { foreach ($a in $arrays) { $x = $DB.arrays[$a]; @{ ObjectId = (Get-ObjectId $m 'SS' $a (New-Guidish $a)); UniqueId = $x.uniqueId; FriendlyName = $x.friendlyName; Name = $x.name; Manufacturer = $x.manufacturer; Model = $x.model; SerialNumber = $x.serial; HealthStatus = 0; OperationalStatus = @(2); CurrentCacheLevel = 3; NameFormat = 1; SupportsMirrorRemote = $true; SupportsMirrorLocal = $true; SupportsSnapshotLocal = $false; SupportsVirtualDiskCreation = $true; StorageConnectionType = 2 } } }
        'MSFT_StoragePool' { foreach ($a in $arrays) { foreach ($o in $DB.arrays[$a].pools) { if ($o) { @{ ObjectId = (Get-ObjectId $m 'PO' $a ((New-Guidish $a) + (New-Guidish "$a/$($o.id)"))); UniqueId = $o.uniqueId; FriendlyName = $o.friendlyName; Name = $o.friendlyName; Size = $o.size; AllocatedSize = 0; HealthStatus = 0; OperationalStatus = @(2); IsPrimordial = $false; IsReadOnly = $false; Usage = 1; ProvisioningTypeDefault = 2; SupportedProvisioningTypes = @(1, 2) } } } } }
        'MSFT_VirtualDisk' {
            foreach ($a in $arrays) {
                foreach ($d in $DB.arrays[$a].disks) {
                    if (-not $d) { continue }
                    @{ ObjectId = (Get-DiskOid $m $a $d.id); UniqueId = $d.uniqueId; FriendlyName = $d.friendlyName; Name = $(if ($d.Contains('name')) { $d.name } else { $d.id }); Access = (Get-EffAccess $a $d)
                        Size = $d.size; AllocatedSize = $d.size; FootprintOnPool = $d.size; HealthStatus = $(if ($null -ne $d.health) { $d.health } else { 0 }); OperationalStatus = $(if ($null -ne $d.operationalStatus) { @($d.operationalStatus) } else { @(2) })
                        UniqueIdFormat = 3; NameFormat = 4; ProvisioningType = 2; Usage = 1; IsSnapshot = $false; IsManualAttach = $false; IsTiered = $false; LogicalSectorSize = 512; PhysicalSectorSize = 4096; ResiliencySettingName = 'Mirror'; NumberOfDataCopies = 2; PhysicalDiskRedundancy = 1 }
                }
            }
        }
        'MSFT_ReplicationCapabilities' { foreach ($a in $arrays) { @{ ObjectId = (Get-ObjectId $m 'RC' $a (New-Guidish $a)); UniqueId = (New-Guidish "cap/$a"); DefaultRecoveryPointObjective = 300; SupportedReplicationTypes = @((Get-Conf $a "replicationTypes") | ForEach-Object { $_ }); SupportedSynchronousActions = @(5, 9); SupportedAsynchronousActions = @(2, 5); SupportedObjectTypes = @(2); SupportsReplicationGroup = $false; SupportsEmptyReplicationGroup = $false; SupportsFullDiscovery = $true; SupportsCreateReplicationRelationshipMethod = $false } } }
        'MSFT_ReplicaPeer' {
            foreach ($pr in $DB.partners) {
                foreach ($i in 0, 1) {
                    $here = $pr[$i]; $there = $pr[1 - $i]
                    if ($arrays -notcontains $here) { continue }
                    $x = $DB.arrays[$there]
                    $ids = Get-Conf $here 'peerIds'
                    @{ ObjectId = (Get-ObjectId $m 'RP' $here (New-Guidish "partner/$here/$there")); UniqueId = (New-Guidish "peerobj/$here/$there"); PeerObjectType = 32770; PeerObjectId = $(if ($ids -eq 'null') { $null } else { 'SS:' + (New-Guidish $there) }); PeerObjectName = $x.friendlyName; PeerUniqueId = $x.uniqueId; PeerSubsystemName = (Get-SubName $here $there); PeerProviderURI = $null; IsPrimary = $null; '$array' = $here }
                }
            }
            foreach ($p in $DB.pairs) {
                if ($p.kind -eq 'local' -and -not (Get-Conf $p.a.array 'localPeers')) { continue }
                foreach ($e in (Get-Ends $m $p)) { Get-PeerRow $m $p $e }
            }
        }
        'MSFT_StorageJob' {
            foreach ($j in $DB.jobs) {
                if ($j.machine -ne $m) { continue }
                $end = [long]$j.start + [long]$j.ms
                $done = $Now -ge $end
                $fail = $done -and $j.outcome -eq 'fails'
                $age = $Now - [long]$j.start
                $state = $(if ($fail) { [int]$j.failState } elseif ($done) { 7 } elseif ($age -lt 30) { 2 } else { 4 })
                $os = $(if ($fail) { @(17, 6) } elseif ($done) { @(17, 2) } else { @(2) })
                $pc = $(if ($done) { 100 } else { [int][Math]::Floor(100 * $age / [Math]::Max(1, [long]$j.ms)) })
                @{ ObjectId = (Get-ObjectId $m 'SJ' $j.array $j.id); UniqueId = $j.id; Name = 'SetReplicationRelationship'; Description = $j.description; JobState = $state; JobStatus = $(if ($fail) { 'Exception' } elseif ($done) { 'Completed' } else { 'Running' }); OperationalStatus = $os; PercentComplete = $pc
                    ErrorCode = $(if ($fail) { [int]$j.errorCode } elseif ($done) { 0 } else { $null }); ErrorDescription = $(if ($fail) { $CodeText[[int]$j.errorCode] } else { $null }); DeleteOnCompletion = ($j.outcome -like 'vanishes*'); IsBackgroundTask = $false; LocalOrUtcTime = 2
                    TimeSubmitted = [System.DateTimeOffset]::FromUnixTimeMilliseconds([long]$j.start).LocalDateTime; StartTime = [System.DateTimeOffset]::FromUnixTimeMilliseconds([long]$j.start).LocalDateTime; ElapsedTime = [timespan]::FromMilliseconds([Math]::Min($age, [long]$j.ms)); TimeBeforeRemoval = [timespan]::FromMinutes(5); BytesProcessed = 0; BytesTotal = 0 }
            }
        }
        'MSFT_VirtualDiskToReplicaPeer' {
            foreach ($p in $DB.pairs) {
                if ($p.kind -eq 'local' -and -not (Get-Conf $p.a.array 'localPeers')) { continue }
                foreach ($e in (Get-Ends $m $p)) {
                    $v = Get-SyncValues $p $e
                    $v.VirtualDisk = New-Ref 'MSFT_VirtualDisk' (Get-DiskOid $m $p[$e].array $p[$e].disk)
                    $v.ReplicaPeer = New-Ref 'MSFT_ReplicaPeer' (Get-PeerOid $m $p $e)
                    $v
                }
            }
        }
        'MSFT_VirtualDiskToVirtualDisk' {
            foreach ($p in $DB.pairs) {
                if ($p.kind -ne 'local') { continue }
                $ends = @(Get-Ends $m $p)
                if ($ends.Count -ne 2) { continue }
                $v = Get-SyncValues $p (Get-Src $p)
                $v.SourceVirtualDisk = New-Ref 'MSFT_VirtualDisk' (Get-DiskOid $m $p[(Get-Src $p)].array $p[(Get-Src $p)].disk)
                $v.TargetVirtualDisk = New-Ref 'MSFT_VirtualDisk' (Get-DiskOid $m $p[(Get-Tgt $p)].array $p[(Get-Tgt $p)].disk)
                $v
            }
        }
        'MSFT_StorageProviderToStorageSubSystem' { foreach ($a in $arrays) { @{ StorageProvider = (New-Ref 'MSFT_StorageProvider' (Get-ObjectId $m 'SP' $a '')); StorageSubSystem = (New-Ref 'MSFT_StorageSubSystem' (Get-ObjectId $m 'SS' $a (New-Guidish $a))) } } }
        'MSFT_StorageSubSystemToReplicationCapabilities' { foreach ($a in $arrays) { @{ ReplicationCapabilities = (New-Ref 'MSFT_ReplicationCapabilities' (Get-ObjectId $m 'RC' $a (New-Guidish $a))); StorageSubSystem = (New-Ref 'MSFT_StorageSubSystem' (Get-ObjectId $m 'SS' $a (New-Guidish $a))) } } }
        'MSFT_StorageSubSystemToVirtualDisk' { foreach ($a in $arrays) { foreach ($d in $DB.arrays[$a].disks) { @{ VirtualDisk = (New-Ref 'MSFT_VirtualDisk' (Get-DiskOid $m $a $d.id)); StorageSubSystem = (New-Ref 'MSFT_StorageSubSystem' (Get-ObjectId $m 'SS' $a (New-Guidish $a))) } } } }
        'MSFT_StorageSubSystemToStoragePool' { foreach ($a in $arrays) { foreach ($o in $DB.arrays[$a].pools) { if ($o) { @{ StoragePool = (New-Ref 'MSFT_StoragePool' (Get-ObjectId $m 'PO' $a ((New-Guidish $a) + (New-Guidish "$a/$($o.id)")))); StorageSubSystem = (New-Ref 'MSFT_StorageSubSystem' (Get-ObjectId $m 'SS' $a (New-Guidish $a))) } } } } }
        'MSFT_StoragePoolToVirtualDisk' { foreach ($a in $arrays) { foreach ($d in $DB.arrays[$a].disks) { if ($d.pool) { @{ StoragePool = (New-Ref 'MSFT_StoragePool' (Get-ObjectId $m 'PO' $a ((New-Guidish $a) + (New-Guidish "$a/$($d.pool)")))); VirtualDisk = (New-Ref 'MSFT_VirtualDisk' (Get-DiskOid $m $a $d.id)) } } } } }
        'MSFT_StorageSubSystemToReplicaPeer' { foreach ($r in @(Get-Rows 'MSFT_ReplicaPeer' $m)) { @{ ReplicaPeer = (New-Ref 'MSFT_ReplicaPeer' $r.ObjectId); StorageSubSystem = (New-Ref 'MSFT_StorageSubSystem' (Get-ObjectId $m 'SS' $r['$array'] (New-Guidish $r['$array']))) } } }
        'MSFT_StorageJobToAffectedStorageObject' { foreach ($j in $DB.jobs) { if ($j.machine -eq $m) { @{ StorageJob = (New-Ref 'MSFT_StorageJob' (Get-ObjectId $m 'SJ' $j.array $j.id)); AffectedStorageObject = (New-Ref 'MSFT_VirtualDisk' (Get-DiskOid $m $j.array $j.disk)) } } } }
        default {
            foreach ($k in @($Schema.Keys | Sort-Object)) { if ($Schema[$k].Super -eq $cls) { foreach ($r in @(Get-Rows $k $m)) { $r['$class'] = $k; $r } } }
        }
    }
}
function Get-SubName($here, $there) { $x = $DB.arrays[$there]; if ((Get-Conf $here 'peerSubsystemName') -eq 'FriendlyName') { $x.friendlyName } else { $x.name } }
function Get-PeerRow($m, $p, $e) {
    $o = $(if ($e -eq 'a') { 'b' } else { 'a' })
    $d = Get-Disk $p[$o]
    $here = $p[$e].array; $there = $p[$o].array
    $ids = Get-Conf $here 'peerIds'
    $prim = $(switch (Get-Conf $here 'isPrimary') { 'self' { (Get-Src $p) -eq $e } 'null' { $null } default { (Get-Src $p) -eq $o } })
    $oid = $(switch ($ids) {
            'null' { $null } 'allSame' { $d.uniqueId }
            'objectId' { $mm = $m; foreach ($k in $DB.machines.Keys) { if (@($DB.machines[$k].arrays) -contains $there) { $mm = $k } }; if (@($DB.machines[$m].arrays) -contains $there) { $mm = $m }; Get-DiskOid $mm $there $p[$o].disk }
            default { Get-InnerDiskId $there $p[$o].disk } })
    @{ ObjectId = (Get-PeerOid $m $p $e); UniqueId = (New-Guidish "peer/$($p.id)/$e/$($p.gen)"); PeerObjectType = 4; PeerObjectId = $oid; PeerObjectName = $(if ($ids -eq 'allSame') { $d.uniqueId } else { $d.friendlyName }); PeerUniqueId = $d.uniqueId; PeerSubsystemName = (Get-SubName $here $there); PeerProviderURI = $null; IsPrimary = $prim; '$array' = $here }
}
# ---- the array: is the operation legal, and what does it do
function Get-Plan($p, [int]$op, [string]$side) {
    # returns @{ code } or @{ stages; final; requested; immediate }
    $s = Get-Src $p; $t = Get-Tgt $p
    $arr = $p[$s].array; $mine = $p[$side].array
    $feat = Get-Feat $mine
    $xms = [long](Get-Conf $mine 'transitMs'); $cms = [long](Get-Conf $mine 'copyMs')
    $bad = @{ code = [int](Get-Conf $mine 'illegalCode') }
    $cs = [int]$p.copyState; $ps = [int]$p.progress
    $down = Test-LinkDown $p
    $copying = $cs -in 2, 3 -and ($null -ne $p.transit -or $p.stuck -or $p.frozen)
    if ($p.transit -and -not $copying) { $toSync = [int]$p.transit.final.cs -eq 4 } else { $toSync = $false }
    $job = $p.job -and @($DB.jobs | Where-Object { $_.id -eq $p.job -and $Now -lt [long]$_.start + [long]$_.ms }).Count
    if ($p.other -and $p.other.side -eq $side) { $cs = [int]$p.other.cs }
    $ops = Get-Implemented $mine
    if ($op -in 3, 5, 6, 13) { return @{ code = [int](Get-Conf $mine 'unsupportedCode') } }
    if ($ops -notcontains $op) { return @{ code = [int](Get-Conf $mine 'unsupportedCode') } }
    $removal = $op -in 8, 9
    if (($p.transit -and -not $copying -and -not ($removal -and $toSync -and $down)) -or ($job -and -not ($copying -and $op -in 22, 2, 7, 8, 9, 17, 18))) { return @{ code = [int](Get-Conf $mine 'busyCode') } }
    $req = $(if ($ps -in 17, 18, 19) { $ps } else { 0 })
    if ($req -and -not $removal -and $op -ne @{ 17 = 12; 18 = 14; 19 = 4 }[$req]) { return $bad }
    # where it is issued
    $any = (Get-Conf $mine 'issueAt') -eq 'either'
    $atS = $side -eq $s
    if (-not $removal -and -not $atS -and -not $any -and -not ($op -eq 10 -and $down)) { return $bad }
    if ($down -and $op -in 16, 14, 4, 11, 20, 17, 18, 15, 21) { return @{ code = [int](Get-Conf $mine 'linkCode') } }
    $goal = @{ 22 = 9; 12 = 6; 21 = 7; 16 = 4; 14 = 4; 4 = 4; 11 = 4; 15 = 4; 10 = 10; 7 = 8; 2 = 12 }[$op]
    if ($goal -and $cs -eq $goal -and -not $req -and $op -ne 10 -and (Get-Conf $mine 'noOpSuccess')) { return @{ noop = $true } }
    function Stg($h) { $o = [ordered]@{}; foreach ($k in $h.Keys) { $o[$k] = $h[$k] }; $o }
    $copySt = Stg @{ cs = 3; ps = 7; ms = $cms; pct = $true }
    switch ($op) {
        22 { if ($cs -in 4, 3, 2) { return @{ stages = @((Stg @{ ps = 16; ms = $xms })); final = (Stg @{ cs = 9 }); requested = 9 } } }
        12 {
            if ($req -eq 17) { if ($cs -eq 10) { return @{ stages = @((Stg @{ ps = 9; ms = $xms })); final = (Stg @{ cs = 10; ps = 2 }); requested = 6 } }; return @{ stages = @((Stg @{ ps = 9; ms = $xms })); final = (Stg @{ cs = 6 }); requested = 6 } }
            if ($cs -eq 4) { return @{ stages = @((Stg @{ ps = 9; ms = $xms })); final = (Stg @{ cs = 6 }); requested = 6 } }
        }
        21 { if ($cs -eq 4) { return @{ stages = @((Stg @{ ps = 10; ms = $xms })); final = (Stg @{ cs = 7 }); requested = 7 } } }
        16 { if ($cs -eq 9) { return @{ stages = @($copySt); final = (Stg @{ cs = 4; copy = 'st' }); requested = 4 } } }
        14 {
            $ok = $cs -in 6, 7, 13, 12 -or ($cs -eq 5 -and $feat -notcontains 15) -or ($cs -eq 9 -and $ops -notcontains 16) -or $req -eq 18
            if ($ok) { $f = Stg @{ cs = 4; copy = 'st' }; if ($feat -contains 22) { $f.ps = 19 }; return @{ stages = @($copySt); final = $f; requested = 4 } }
        }
        4 {
            if ($req -eq 19) { return @{ stages = @((Stg @{ ps = 6; ms = $xms })); final = (Stg @{ cs = 4; ps = 2; copy = 'st' }); requested = 4 } }
            if ($cs -in 8, 11) { return @{ stages = @((Stg @{ cs = 3; ps = 6; ms = $cms; pct = $true })); final = (Stg @{ cs = 4; copy = 'st' }); requested = 4 } }
        }
        10 {
            if ($cs -eq 10) {
                switch (Get-Conf $mine 'failoverAgain') {
                    'success' { return @{ noop = $true } }
                    'toggle' { return @{ stages = @((Stg @{ cs = 10; ps = 12; ms = $xms + $cms })); final = (Stg @{ cs = 4; copy = 'ts' }); requested = 4; toggled = $true } }
                    default { return $bad }
                }
            }
            if (-not $p.consistent) { return $bad }
            if ($down) {
                if ($atS) { return @{ code = [int](Get-Conf $mine 'linkCode') } }
                if ($cs -in 4, 9, 5, 6, 7, 13, 16) { return @{ stages = @((Stg @{ ps = 11; ms = $xms })); final = (Stg @{ cs = 10 }); requested = 10; other = $s } }
                return $bad
            }
            $before = (Get-Conf $mine 'f47') -eq 'before'
            $okS = @()
            if ($feat -contains 54 -or ($before -and $feat -contains 47)) { $okS += 6 }
            if ($before -and $feat -contains 48) { $okS += 7 }
            if (-not $okS) { $okS = @(4) }
            if ($cs -in $okS) { $f = Stg @{ cs = 10 }; if (-not $before -and $feat -contains 47) { $f.ps = 17 }; return @{ stages = @((Stg @{ ps = 11; ms = $xms })); final = $f; requested = 10 } }
        }
        11 { if ($cs -eq 10) { return @{ stages = @((Stg @{ cs = 10; ps = 12; ms = $xms + $cms })); final = (Stg @{ cs = 4; copy = 'ts' }); requested = 4 } } }
        20 {
            $ok = @(); if ($feat -contains 29) { $ok += 4 }; if ($feat -contains 30) { $ok += 6 }; if ($feat -contains 31) { $ok += 7 }; if ($feat -contains 32) { $ok += 10 }; if ($feat -contains 33) { $ok += 9 }
            if (-not $ok) { $ok = @(4, 10) }
            if ($cs -notin $ok) { return $bad }
            if ($cs -eq 10 -and ($feat -contains 52 -or $feat -contains 53)) { return $bad }
            if ($feat -contains 19 -and (Get-EffAccess $arr (Get-Disk $p[$s])) -ne 1) { return $bad }
            $end = $(if ($cs -eq 10) { 9 } else { $cs })
            $f = Stg @{ cs = $end }
            $st = @((Stg @{ ps = 20; ms = $xms; flip = $true }))
            if ($feat -contains 20) { $f.ps = 18 } elseif ($cs -eq 4) { $f.copy = 'st'; if (Get-Conf $mine 'reverseCopies') { $st += $copySt } }
            return @{ stages = $st; final = $f; requested = $(if ($end -eq $cs) { 15 } else { $end }) }
        }
        { $_ -in 17, 18 } {
            $to = $(if ($op -eq 17) { 2 } else { 3 })
            if ([int]$p.mode -eq 0) { return $bad }
            if ($cs -in 3, 2 -and $copying) { return @{ setMode = $to } }
            if ($cs -in 4, 9) { $f = Stg @{ cs = $cs }; return @{ stages = @((Stg @{ ps = 20; ms = $xms; mode = $to })); final = $f; requested = 15 } }
        }
        { $_ -in 8, 9 } {
            if ($feat -contains 16) { return $bad }
            if ($op -eq 9 -and $cs -eq 10 -and $feat -contains 53) { return $bad }
            $rm = $(if ($down -or (Get-Conf $mine 'detachOneSided') -or $p.gone) { $side } else { 'both' })
            return @{ stages = @((Stg @{ ps = 21; ms = $xms })); final = (Stg @{ cs = $cs; drop = $rm }); requested = 15 }
        }
        19 { if ([int]$p.type -eq 7 -and $cs -in 4, 6, 7, 8, 12, 13) { return @{ stages = @((Stg @{ ps = 21; ms = $xms })); final = (Stg @{ cs = $cs; drop = 'both'; deleteTarget = $true }); requested = 15 } } }
        15 { if ($cs -in 6, 7) { return @{ stages = @((Stg @{ cs = 3; ps = 8; ms = $cms; pct = $true })); final = (Stg @{ cs = 4; copy = 'ts' }); requested = 4 } } }
        2 { if ($copying) { return @{ stages = @((Stg @{ ps = 13; ms = $xms })); final = (Stg @{ cs = 12 }); requested = 12 } } }
        7 { if ($cs -eq 4 -or $copying) { return @{ stages = @((Stg @{ ps = 20; ms = $xms })); final = (Stg @{ cs = 8 }); requested = 8 } } }
        23 { if ($cs -eq 11) { return @{ stages = @((Stg @{ ps = 4; ms = $xms })); final = (Stg @{ cs = 2 }); requested = 2 } } }
    }
    return $bad
}
function Get-Brief($p) { if (-not $p -or $p.removed) { return 'absent' }; $x = [ordered]@{ pair = $p.id; copyState = $CsNames[[int]$p.copyState]; progress = [int]$p.progress; source = $p[(Get-Src $p)].disk; sourceArray = $p[(Get-Src $p)].array; mode = [int]$p.mode; gone = $p.gone; inTransit = ($null -ne $p.transit) }; return $x }
function New-Job($m, $p, $array, $disk, $what) {
    $DB.seq = [int]$DB.seq + 1
    $o = Get-Conf $array 'jobOutcome'
    $j = [ordered]@{ id = (New-Guidish "job/$($DB.seq)/$Now"); machine = $m; array = $array; disk = $disk; start = $Now; ms = [long](Get-Conf $array 'jobMs'); outcome = $o; errorCode = [int](Get-Conf $array 'jobErrorCode'); failState = [int](Get-Conf $array 'jobFailState'); keep = [long](Get-Conf $array 'jobKeepMs'); description = $what }
    if ($o -ne 'noReference') { [void]$DB.jobs.Add($j) }
    $j
}
