# pwsh -NoProfile -File selftest.ps1   (about half a minute; needs nothing but this folder)
$root = [System.IO.Path]::GetDirectoryName($MyInvocation.MyCommand.Path)
$tmp = [System.IO.Path]::Combine([System.IO.Path]::GetTempPath(), "standin-self-$PID"); [void][System.IO.Directory]::CreateDirectory($tmp)
$env:PSModulePath = $root
$env:STANDIN_STATE = "$tmp/state.json"; $env:STANDIN_LOG = "$tmp/log.jsonl"
$ns = 'root/Microsoft/Windows/Storage'
$script:pass = 0; $script:fail = 0; $script:slow = 1
function Ok($name, $cond, $got) { if ($cond) { $script:pass++ } else { $script:fail++; [Console]::Out.WriteLine("FAIL $name (got: $got)") } }
function Edit([scriptblock]$do) { $h = ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($env:STANDIN_STATE)) -AsHashtable; & $do $h; [System.IO.File]::WriteAllText($env:STANDIN_STATE, (ConvertTo-Json -InputObject $h -Depth 20)) }
function Start-Scenario([string]$name, [scriptblock]$do) {
    [System.IO.File]::Copy("$root/examples/$name.json", $env:STANDIN_STATE, $true); [System.IO.File]::Delete($env:STANDIN_LOG)
    # What is in transit must still be so after the next call, also on a busy machine.
    $null = Disk 'Sales'; $watch = [System.Diagnostics.Stopwatch]::StartNew(); $null = Disk 'Sales'
    $script:slow = [math]::Min(20, [math]::Max($script:slow, $watch.ElapsedMilliseconds / 60))
    Edit { param($s) $s.config.transitMs = [int](500 * $script:slow); $s.config.copyMs = [int](600 * $script:slow); $s.config.jobMs = [int](600 * $script:slow) }
    if ($do) { Edit $do }
}
function Pause-For([int]$ms) { Start-Sleep -Milliseconds ([int]($ms * $script:slow)) }
function Read-State { ConvertFrom-Json -InputObject ([System.IO.File]::ReadAllText($env:STANDIN_STATE)) -AsHashtable }
function Err([scriptblock]$b) { try { $null = & $b; 'no error' } catch { "$($_.FullyQualifiedErrorId)" } }
function Sess($c) { if ($c) { @{ CimSession = $c } } else { @{} } }
function Disk($n, $c) { $x = Sess $c; @(Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDisk -ErrorAction Stop @x | Where-Object { $_.FriendlyName -eq $n })[0] }
function Link($d, $c) { $x = Sess $c; @(Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDiskToReplicaPeer -ErrorAction Stop @x | Where-Object { $_.VirtualDisk.ObjectId -eq $d.ObjectId }) }
function Peer($d, $c) { $x = Sess $c; @(Get-CimAssociatedInstance -InputObject $d -Association MSFT_VirtualDiskToReplicaPeer -ResultClassName MSFT_ReplicaPeer -ErrorAction Stop @x) }
function Op($n, [int]$op, $c, $job = $false, $peer) {
    $x = Sess $c; $d = Disk $n $c; if (-not $peer) { $peer = (Peer $d $c)[0] }
    try { Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{ Operation = [uint16]$op; VirtualDiskReplicaPeer = $peer; RunAsJob = $job } -Confirm:$false -ErrorAction Stop @x } catch { [pscustomobject]@{ ReturnValue = -1; Id = $_.FullyQualifiedErrorId } }
}
function Until($n, [int]$cs, $c) { $d = Disk $n $c; $seen = @(); foreach ($i in 1..(60 * [math]::Ceiling($script:slow))) { $l = @(Link $d $c); if ($l.Count) { $seen += "$($l[0].CopyState)/$($l[0].ProgressStatus)"; if ($l[0].CopyState -eq $cs -and $l[0].ProgressStatus -in 2, 17, 18, 19) { return ($seen | Select-Object -Unique) -join ' ' } }; Start-Sleep -Milliseconds 30 }; "never: $($seen -join ' ')" }

# 1 refusals of the cmdlets
Start-Scenario 'local'
Ok 'default namespace' ((Err { Get-CimInstance -ClassName MSFT_VirtualDisk -ErrorAction Stop }) -like 'HRESULT 0x80041010,*GetCimInstanceCommand*')
Ok 'unknown class' ((Err { Get-CimInstance -Namespace $ns -ClassName MSFT_Nope -ErrorAction Stop }) -like 'HRESULT 0x80041010,*')
Ok 'unknown namespace' ((Err { Get-CimInstance -Namespace root/nope -ClassName MSFT_VirtualDisk -ErrorAction Stop }) -like 'HRESULT 0x8004100e,*')
Ok 'non-terminating' ((Err { $ErrorActionPreference = 'SilentlyContinue'; Get-CimInstance -ClassName MSFT_VirtualDisk }) -eq 'no error')
try { Get-CimInstance -ClassName MSFT_VirtualDisk -ErrorAction Stop } catch { Ok 'MetadataError' ($_.CategoryInfo.Category -eq 'MetadataError' -and $_.Exception.NativeErrorCode -eq 'InvalidClass') $_.CategoryInfo.Category }
Ok 'Get-CimClass not found' ((Err { Get-CimClass -Namespace $ns -ClassName MSFT_Nope -ErrorAction Stop }) -like 'HRESULT 0x80041002,*')
Ok 'unknown parameter' ((Err { Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDisk -Confirm:$false -ErrorAction Stop }) -like 'NamedParameterNotFound*')
Ok 'InputObject with Namespace' ((Err { Get-CimInstance -InputObject (Disk 'Sales') -Namespace $ns -ErrorAction Stop }) -like 'AmbiguousParameterSet*')
Ok 'bad property' ((Err { Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDisk -Property Nope -ErrorAction Stop }) -like 'HRESULT 0x80041017*')
$d = Disk 'Sales'; $p = (Peer $d)[0]
Ok 'unknown argument' ((Err { Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{ Operation = [uint16]22; Nope = 1 } -Confirm:$false -ErrorAction Stop }) -like 'System.ArgumentException*')
Ok 'wrong type' ((Err { Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{ Operation = 'Suspend'; VirtualDiskReplicaPeer = $p } -Confirm:$false -ErrorAction Stop }) -like 'System.InvalidCastException*')
Ok 'peer as hashtable' ((Err { Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{ Operation = [uint16]22; VirtualDiskReplicaPeer = @{ PeerUniqueId = 'x' } } -Confirm:$false -ErrorAction Stop }) -like 'System.InvalidCastException*')
Ok 'not an instance' ((Err { Get-CimAssociatedInstance -InputObject ([pscustomobject]@{ a = 1 }) -ErrorAction Stop }) -like 'CannotConvertArgument*')
Ok 'method unknown' ((Err { Invoke-CimMethod -InputObject $d -MethodName Nope -Confirm:$false -ErrorAction Stop }) -like 'HRESULT 0x80041055*')
Ok 'nothing was sent' (-not [System.IO.File]::Exists($env:STANDIN_LOG))

# 2 the objects
Ok 'types' ($d.Access -is [uint16] -and $d.OperationalStatus -is [uint16[]] -and $d.Size -is [uint64] -and $d.CimClass.CimClassName -eq 'MSFT_VirtualDisk')
Ok 'nulls' ($null -eq $d.OtherUsageDescription -and $null -eq (Link $d)[0].SyncTime)
Ok 'probe' ($null -ne $d.CimClass.CimClassMethods['SetReplicationRelationship'].Parameters['RunAsJob'])
$k = @(Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDisk -KeyOnly)[0]; Ok 'KeyOnly' ($k.ObjectId -and $null -eq $k.FriendlyName)
Ok 'roles' ($p.IsPrimary -eq $false -and (Peer (Disk 'Sales DR'))[0].IsPrimary -eq $true)
Ok 'peer names' ($p.PeerUniqueId -eq (Disk 'Sales DR').UniqueId -and $p.PeerSubsystemName -eq 'ARRAY-B')
Ok 'access' ((Disk 'Sales').Access -eq 3 -and (Disk 'Sales DR').Access -eq 1)
Ok 'ref has key only' (@((Link $d)[0].VirtualDisk.PSObject.Properties | Where-Object { $_.Name -like 'Friendly*' }).Count -eq 0)
Ok 'local link' (@(Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDiskToVirtualDisk).Count -eq 1)
$ss = @(Get-CimInstance -Namespace $ns -ClassName MSFT_StorageSubSystem | Where-Object { $_.Name -eq 'ARRAY-A' })[0]
Ok 'subsystem disks' (@(Get-CimAssociatedInstance -InputObject $ss -Association MSFT_StorageSubSystemToVirtualDisk).Count -eq 3)
$cap = @(Get-CimAssociatedInstance -InputObject $ss -Association MSFT_StorageSubSystemToReplicationCapabilities)[0]
$r = Invoke-CimMethod -InputObject $cap -MethodName GetSupportedOperations -Arguments @{ ReplicationType = [uint16]4 } -Confirm:$false
Ok 'operations' ($r.ReturnValue -eq 0 -and $r.SupportedOperations -contains 10 -and $r.SupportedOperations -is [uint16[]]) "$($r.SupportedOperations)"
$made = New-CimInstance -ClientOnly -CimClass (Get-CimClass -Namespace $ns -ClassName MSFT_ReplicaPeer) -Property @{ PeerUniqueId = $p.PeerUniqueId; PeerSubsystemName = 'ARRAY-B' } -Confirm:$false
Ok 'handmade peer' ((Op 'Sales' 22 $null $false $made).ReturnValue -eq 0)
Ok 'suspended' ((Until 'Sales' 9) -like '4/16*9/2')
$ref = (Link $d)[0].ReplicaPeer
Ok 'a reference is no peer' ((Op 'Sales' 16 $null $false $ref).Id -like 'StorageWMI 5,*')

# 3 a life: resume, split, resync, failover, failback, reverse, detach
Ok 'refused' ((Op 'Sales' 10).Id -like 'StorageWMI 5,*InvokeCimMethodCommand*')
Ok 'resume' ((Op 'Sales' 16).ReturnValue -eq 0); Ok 'copying seen' ((Until 'Sales' 4) -like '3/7*4/2')
Ok 'split' ((Op 'Sales' 21).ReturnValue -eq 0); $null = Until 'Sales' 7
Ok 'split target writable' ((Disk 'Sales DR').Access -eq 3)
Edit { param($s) $s.arrays.B.disks[0].content = 'target write' }
Ok 'resync' ((Op 'Sales' 14).ReturnValue -eq 0); $null = Until 'Sales' 4
Ok 'overwrite logged' ([System.IO.File]::ReadAllText($env:STANDIN_LOG) -match 'overwrite.*target write')
$r = Op 'Sales' 10 $null $true; Ok 'failover as job' ($r.ReturnValue -eq 4096 -and $r.CreatedStorageJob.ObjectId)
Ok 'busy' ((Op 'Sales' 11).Id -like 'StorageWMI 6,*')
$null = Until 'Sales' 10; Pause-For 300
Ok 'job done' ((Get-CimInstance -InputObject $r.CreatedStorageJob).JobState -eq 7)
Ok 'failedover access' ((Disk 'Sales').Access -eq 1 -and (Disk 'Sales DR').Access -eq 3)
Ok 'no second failover' ((Op 'Sales' 10).ReturnValue -eq -1)
Ok 'reverse from failedover' ((Op 'Sales' 20).ReturnValue -eq 0); Ok 'suspended after' ((Until 'Sales' 9) -notlike 'never*')
Ok 'roles swapped' ((Peer (Disk 'Sales'))[0].IsPrimary -eq $true)
Ok 'old peer is gone' ((Op 'Sales' 16 $null $false $p).Id -like 'StorageWMI 8,*')
Ok 'old source may not' ((Op 'Sales' 16).ReturnValue -eq -1)
Ok 'new source may' ((Op 'Sales DR' 16).ReturnValue -eq 0); $null = Until 'Sales' 4
Ok 'dissolve' ((Op 'Sales DR' 9).ReturnValue -eq 0); Pause-For 700; Ok 'gone' (@(Link (Disk 'Sales')).Count -eq 0 -and @(Peer (Disk 'Sales')).Count -eq 0 -and (Disk 'Sales').Access -eq 3)

# 4 jobs
foreach ($o in 'fails', 'vanishesAtEnd', 'vanishesMidRun', 'noReference') {
    Start-Scenario 'local' { param($s) $s.config.jobOutcome = $o; $s.config.jobErrorCode = 40002; $s.config.jobs = 'always' }
    $r = Op 'Sales' 22
    Ok "$o 4096" ($r.ReturnValue -eq 4096 -and [bool]$r.CreatedStorageJob -eq ($o -ne 'noReference'))
    Pause-For 700
    $st = (Link (Disk 'Sales'))[0].CopyState
    if ($o -eq 'fails') { $j = Get-CimInstance -InputObject $r.CreatedStorageJob; Ok 'failed job' ($j.JobState -eq 10 -and $j.ErrorCode -eq 40002 -and $j.OperationalStatus -contains 6 -and $st -eq 4) "$($j.JobState) $($j.ErrorCode) $st" }
    else { Ok "$o state" ($st -eq 9) $st }
    if ($o -like 'van*') { Ok "$o gone" ((Err { Get-CimInstance -InputObject $r.CreatedStorageJob -ErrorAction Stop }) -like 'HRESULT 0x80041002*') }
}
# 5 knobs
Start-Scenario 'local' { param($s) $s.config.runAsJob = $false; $s.config.codesAs = 'returnValue'; $s.config.extendedStatus = $true; $s.arrays.A.config.features = @(54); $s.arrays.A.config.operations = $null }
$d = Disk 'Sales'
Ok 'no RunAsJob' ($null -eq $d.CimClass.CimClassMethods['SetReplicationRelationship'].Parameters['RunAsJob'])
Ok 'RunAsJob throws' ((Op 'Sales' 22).Id -like 'System.ArgumentException*')
$r = Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{ Operation = [uint16]10; VirtualDiskReplicaPeer = (Peer $d)[0] } -Confirm:$false -ErrorAction Stop
Ok 'code as value' ($r.ReturnValue -eq 5 -and $r.ReturnValue -is [uint32] -and $r.ExtendedStatus.MessageID -eq 'StorageWMI 5')
Start-Scenario 'local' { param($s) $s.config.stale = 'once'; $s.config.streamed = $true; $s.config.failoverAgain = 'toggle' }
Ok 'stale' ((Op 'Sales' 22).Id -like 'StorageWMI 40003,*')
$sp = @(Get-CimInstance -Namespace $ns -ClassName MSFT_StorageProvider | Where-Object { $_.Name -like 'Array A*' })[0]
Ok 'discover' ((Invoke-CimMethod -InputObject $sp -MethodName Discover -Arguments @{ RootObject = (Disk 'Sales') } -Confirm:$false -ErrorAction Stop | Where-Object { $_.PSObject.Properties['ReturnValue'] }).ReturnValue -eq 0)
Ok 'level with a disk' ((Err { Invoke-CimMethod -InputObject $sp -MethodName Discover -Arguments @{ DiscoveryLevel = [uint16]2; RootObject = (Disk 'Sales') } -Confirm:$false -ErrorAction Stop }) -like 'StorageWMI 5,*')
$r = @(Op 'Sales' 10 $null $true); Ok 'streamed' ($r.Count -eq 2 -and $r[0].ParameterName -eq 'CreatedStorageJob' -and $r[1].ReturnValue -eq 4096) $r.Count
$null = Until 'Sales' 10; Pause-For 300; $null = Op 'Sales' 10; Ok 'toggles' ((Until 'Sales' 4) -notlike 'never*')
# 6 two machines, link loss, one-sided removal
Start-Scenario 'two-machines' { param($s) $s.machines.west.credential = @{ user = 'adm'; password = 'p w' } }
Ok 'nothing here' (@(Get-CimInstance -Namespace $ns -ClassName MSFT_VirtualDisk).Count -eq 0)
$e = New-CimSession -ComputerName east -ErrorAction Stop
Ok 'needs credentials' ((Err { New-CimSession -ComputerName west -ErrorAction Stop }) -like 'HRESULT 0x80070005,*NewCimSessionCommand*')
$pw = [securestring]::new(); 'p w'.ToCharArray() | ForEach-Object { $pw.AppendChar($_) }
$w = New-CimSession -ComputerName west -Credential ([pscredential]::new('adm', $pw)) -SessionOption (New-CimSessionOption -Protocol Dcom) -ErrorAction Stop
Ok 'unknown host' ((Err { New-CimSession -ComputerName nowhere -ErrorAction Stop }) -like 'HRESULT 0x80338126,*')
$de = Disk 'Sales' $e; $dw = Disk 'Sales DR' $w
Ok 'both sides' (@(Link $de $e).Count -eq 1 -and @(Link $dw $w).Count -eq 1 -and (Peer $dw $w)[0].IsPrimary -eq $true -and $de.PSComputerName -eq 'east' -and $de.ObjectId -like '*\\EAST-STOR\*')
Ok 'not at the target' ((Op 'Sales DR' 22 $w).ReturnValue -eq -1)
Edit { param($s) $s.pairs[0].link = 'down' }
Ok 'broken' ((Link $dw $w)[0].CopyState -eq 5)
Ok 'unplanned' ((Op 'Sales DR' 10 $w).ReturnValue -eq 0)
Ok 'failedover there' ((Until 'Sales DR' 10 $w) -notlike 'never*'); Ok 'broken here' ((Link $de $e)[0].CopyState -eq 5)
Edit { param($s) $s.pairs[0].link = 'up' }
Ok 'healed' ((Link $de $e)[0].CopyState -eq 10)
Edit { param($s) $s.config.detachOneSided = $true }
Ok 'detach one' ((Op 'Sales' 8 $e).ReturnValue -eq 0); Pause-For 700; Ok 'other still lists' (@(Link $de $e).Count -eq 0 -and @(Link $dw $w).Count -eq 1)
Ok 'detach two' ((Op 'Sales DR' 8 $w).ReturnValue -eq 0); Pause-For 700; Ok 'both gone' (@(Link $dw $w).Count -eq 0 -and (Read-State).pairs.Count -in 0, 1)
Remove-CimSession -CimSession $e -Confirm:$false
Ok 'removed session' ((Err { Get-CimInstance -CimSession $e -Namespace $ns -ClassName MSFT_VirtualDisk -ErrorAction Stop }) -like 'System.ObjectDisposedException*')
# 7 create
Start-Scenario 'create'
$e = New-CimSession -ComputerName east; $w = New-CimSession -ComputerName west
$de = Disk 'Sales' $e; $dw = Disk 'Sales DR' $w
$se = @(Get-CimInstance -CimSession $e -Namespace $ns -ClassName MSFT_StorageSubSystem)[0]
$sp = @(Get-CimAssociatedInstance -CimSession $e -InputObject $se -Association MSFT_StorageSubSystemToReplicaPeer | Where-Object { $_.PeerObjectType -eq 32770 })[0]
Ok 'partner peer' ($sp.PeerSubsystemName -eq 'ARRAY-B')
$r = Invoke-CimMethod -CimSession $e -InputObject $de -MethodName CreateReplica -Arguments @{ TargetStorageSubsystem = $sp; TargetVirtualDiskObjectId = $dw.ObjectId; SyncType = [uint16]6; RecoveryPointObjective = [uint16]0 } -Confirm:$false -ErrorAction Stop
Ok 'created' ($r.ReturnValue -eq 0 -and $r.CreatedReplicaPeer.PeerUniqueId -eq $dw.UniqueId)
$u = Until 'Sales' 4 $e; Ok 'initial copy' ($u -like '2/4*3/6*4/2') $u
Ok 'overwritten' ((Read-State).arrays.B.disks[0].content -eq 'sales v1')
Ok 'cannot twice' ((Err { Invoke-CimMethod -CimSession $e -InputObject $de -MethodName CreateReplica -Arguments @{ TargetStorageSubsystem = $sp; TargetVirtualDiskObjectId = $dw.ObjectId; SyncType = [uint16]6 } -Confirm:$false -ErrorAction Stop }) -like 'StorageWMI 5,*')
# 8 faults and other processes
Start-Scenario 'local' { param($s) $s.faults = @(@{ do = 'code'; code = 40002; times = 2; when = @{ operation = 22 } }, @{ do = 'exitAfter'; code = 9; when = @{ operation = 21 } }, @{ do = 'hang'; ms = 1500; when = @{ operation = 14 } }) }
Ok 'code twice' ((Op 'Sales' 22).Id -like 'StorageWMI 40002*' -and (Op 'Sales' 22).Id -like 'StorageWMI 40002*')
$child = '$ErrorActionPreference="Stop";$d=@(Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_VirtualDisk)[0];$p=@(Get-CimAssociatedInstance -InputObject $d -Association MSFT_VirtualDiskToReplicaPeer)[0];Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{Operation=[uint16]21;VirtualDiskReplicaPeer=$p} -Confirm:$false'
function Start-Child($code) { $i = [System.Diagnostics.ProcessStartInfo]::new([Environment]::ProcessPath); $i.ArgumentList.Add('-NoProfile'); $i.ArgumentList.Add('-Command'); $i.ArgumentList.Add($code); $i.RedirectStandardOutput = $true; $i.RedirectStandardError = $true; [System.Diagnostics.Process]::Start($i) }
$c = Start-Child $child; $c.WaitForExit(); Ok 'died after the effect' ($c.ExitCode -eq 9 -and (Until 'Sales' 7) -notlike 'never*') $c.ExitCode
$d = Disk 'Sales'; $p = (Peer $d)[0]
Ok 'client timeout, yet done' ((Err { Invoke-CimMethod -InputObject $d -MethodName SetReplicationRelationship -Arguments @{ Operation = [uint16]14; VirtualDiskReplicaPeer = $p } -Confirm:$false -OperationTimeoutSec 1 -ErrorAction Stop }) -like 'HRESULT 0x40004,*' -and (Until 'Sales' 4) -notlike 'never*')
$loop = 'foreach($i in 1..25){$d=@(Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_VirtualDisk -ErrorAction Stop)};"n=$($d.Count)"'
$cs = 1..2 | ForEach-Object { Start-Child $loop }
$outs = $cs | ForEach-Object { $_.StandardOutput.ReadToEnd().Trim(); $_.WaitForExit() }
Ok 'concurrent' (@($outs | Where-Object { $_ -eq 'n=4' }).Count -eq 2) "$outs"
Start-Scenario 'local' { param($s) $s.config.noise = @('host', 'warning', 'verbose', 'progress', 'ansi', 'stdout', 'stderr', 'information') }
$c = Start-Child '$d=@(Get-CimInstance -Namespace root/Microsoft/Windows/Storage -ClassName MSFT_VirtualDisk -ErrorAction Stop); "n=$($d.Count)"'
$o = $c.StandardOutput.ReadToEnd(); $er = $c.StandardError.ReadToEnd(); Ok 'noise' ($o -match 'unfinished text' -and $o -match 'not a frame' -and $o -match 'n=4' -and $er -match 'stderr text') $o
[Console]::Out.WriteLine("selftest: $pass passed, $fail failed")
[System.IO.Directory]::Delete($tmp, $true)
# Not `exit`: a host may answer 1 for a script that has seen errors, and this one provokes them.
[Environment]::Exit($(if ($fail) { 1 } else { 0 }))
