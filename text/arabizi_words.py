"""Words that tell Arabizi from English in Latin letters, as data.

Arabizi words without digits, in the spellings people of the Gulf use: a word with a digit in it shows
itself. English grammar words weigh more than English nouns, which Arabizi borrows.
"""

from __future__ import annotations

ARABIZI_WORDS = frozenset(
    """
    aba abee abeeh abeek abeekum abeha abehum abga abgha abghah abghaha abghait abghi abgi abi aby
    abya abyad abyadh abyath adri afdal afham afia afya agal agdam agdar agder agolak agool agrab
    ahad ahlain ahlan ahlein ahlen ahmar ahsan ahtaj aih aish aiwa akalem akalim akallim akbar akeed
    akhadhtu akhaf akhath akhdar akhdhar akhedh akhi akhir akhith akho akhoi akhoy akhtaar akhtar
    akhtart akid akked aktar akthar aku al alah alaikum alaykum albaait albait aleik aleikum alf
    alfain alfein alhain alhamdellah alhamdulillah alhamdullah alheen alkam alla allah alyom alyoum
    ame amoor ams ana anaa andak andkom andkum anta antum anzal aqal aqall aqdar aqool arbaa arbaeen
    areed arid arja arjo arkhas arkhes arsal arsel arsil arsili arsilo arsiloo asaar asalam asar
    aseer asel asfar asghar ashan ashoof ashtari ashtri ashuf asma asra assalam assalamu astilam
    aswad aswed atalab atawasal ateekum ateeni athath atheen athin atinee atini atlab atlob atna
    atni atwal atwassal awal awwal aya ayez azrag azraq azyad baad baaden baadin baalish babgha babi
    bacher badal badri bagi baid bain baji bakalem bakam balash balcha baleez barid barra barrah bas
    bashoof bashtri basit batalab bateekum bayn bayt bdal bdon bdoun bedoon bein bel benni bghaina
    bghait bghena bi bidoon bidun bikam bikem bikum bil bkam bkm bnshof bokra bonni bs bshoof bukra
    bukrah bunni burtuqali cheef cheen chethi chidhi chinno chithi chno chof choof chway chwaya
    daftar daiman damaan daman darahim darb dareb darham dawaleeb dayem dazli dazly dazzi dirham
    dirhim dolab doolab dulab ee eeh eesh eh ehna eish ejar ejtema el elheen eljay elkheir elyom
    elyoum ena endak endakum endi endkom endkum enta ente enti ento esh eshtari esm essalam estafsar
    ewa eyad faddi fadhi fadhl fagat fahamt fahem fahemt faqat farg farq fatoora fatoorah fedhi fee
    feeh feh feha fein fel fi fibi fih fiha fihum fillous floos flos flous flus foog foug fouk fouq
    gahwa ganafa ganafat garar gareeb gasdi gelt ghair ghalat ghali ghalia ghalta ghaltan ghaly
    ghalya ghayart ghayer ghayr ghayro gheer gheir ghurfa gilt godam gool goolo guli gulti habeeb
    habeebi habib habibi habibti hada hadeed hadha hadhi hadhol hag hagi hain haith hajz hal hala
    halheen halhin haliyan halla halwa hamdulillah hamra haq haqi hasab hasal hasalt hassab hatha
    hathi hathol hathool hatto hawalay hawali hawil hay haza hazak hazi hela helu heya hinak hini
    hisab hiya hna hnak hneek huma humma huna hunak huwa huwwa ibgha idha ihna il ila ilheen ilhin
    illa ilyom indak indakum indi indkom indkum indna insan inshalla inshallah inta intaw inti intoo
    intu intum ism ismi issalam istilam itha ithna jabt jadeed jadid jawab jayin jazeel jdeed jdid
    jeeb jeebo jeebooli jeld jelid jib jibli joomla joz jwab kaaf kaam kabat kabatat kabeer kabir
    kadhalik kaf kafi kaif kaifak kaifik kaifkum kalam kalem kallem kallemni kallim kallimni
    kallimoni kallimooni kalmoni kam kama kaman kamel kamil kamiya kamiyya kammal kammil kan kanab
    kanaba kanabat kanat karaasi karasi karasy karton kasr katabt katheer kathir keef keefak keefik
    keif kel kem kerasi keteer kethir khabar khabberni khaber khabrni khabrooni khabruni khair
    khalas khalast khaleeh khaleha khalesa khali khaliha khalihum khalina khalini khallas khalleeha
    khalleehum khalli khallihum khallina khallini khallsana khams khamsa khamseen khamsin khamsmiya
    khasem khashab khasm khat khazana khazanat kheir kheyr khidma khidmat khitha khithah khithha
    khosm khosoom khoy khud khuth khuthha kibar kifak kifaya kil kilha kilhum kint kirasi kirsi kol
    kolha kollo kom korsi krasi kul kulha kulhum kulkum kullo kullu kulshay kulshi kum kunt kursi
    kwais kwayes la laa laazem ladaykum lah laha lahum lahza lain laish lak lakin lakom lakum laon
    laysh lazem lazim leel leen leesh lein leish lel lesa lesh li lih likum lil lilbait lilmaktab lo
    lon lonha lonhom lonoh loon loonah loonha loonhum ma maa maadri maaku maal maalish maba mabeeh
    mabgha mabghah mabi mabrook mabruk mabruuk madri mafee mafesh mafi mafih mafish magas maghreb
    mahad mahal mahboob makan makanak makankum makateb makatib maktab maktaba maktabain maku mal
    malah malat malee maleet malha malo malqait mamnoo mamnoon mandoob maqas maqsoora marah marhaba
    marhabtain marhban maridha marra marrah masa masaa masafa mashallah mashghool mashi mashkoor
    mashkoora mashkooreen mashkur mashy maskoor masool masoul mata matbakh matha mathal mathalan
    mathboot maw mawad mawadd mawasfat mawgef mawgi mawgif mawgood mawjod mawjood mawjooda mawjoodah
    mawjoodeen mawjoud mawjud mawjuda mawqi mawqif mazboot mazeed mb mekan mekateb meno metwafer
    meyah meyz mez mib midri min minkom minkum minno mino mish mita mo mob modeer modir mojood
    mojuda mokatab moktab momken momkin moshkela moshkila motawafer motawfer mowadhaf mowathaf mu
    mub mudeer mudir mukhtalef mukhtalif mumken mumkin munasba munasib mush mushkila mustajel
    mutafer mutawafer mutawafir muwadhaf muwafag muwafeg muwafiq mwafeg mwafg mwafiq mwaqef mwathaf
    naam nabat nabee nabeeh nabgha nabghi nabgi nabi naby nafar nafs nafsa nafsah nafsaha nafsha
    nafso nagder nagis naho nakhith nakhtaar nakhtar namothaj nareed narid naseet nashof nashoof
    natalab natheef nazal nazel nazil nazzel nazzil nba neba nebghi nehna nesheel nethaq nihaya
    nihna ninsa nisbat noorid nos noss nshoof nureed nurid nus nuss nzeed nzid nzoor okhra okhtee
    okhti qasdi raabe radd raddi raddo raddoo radi raet rafoof ragam ragh ragm ragmi ragmkum rah
    rait rajaan rajeen raju rakam ramadi raqam raqm raqmi raqmkum rasael rasalat rasaltu rasasi
    rasool rekhees rfoof rikhis risala rkhees rkheesa rkhis rkhisa rooh rouh rsaal rsasi rubaa
    rufoof saa saadni saba sabah sabboora sabeen sabora sagheer saghir sah sahel sahih sahl sahla
    sajal sajel sajil sajjel sajjil sajloni salaam salam salamat salamo sallah samaht samahti
    samahto samahtu samahtum samht samt saree sawaha sawena sawi sawo sawoo sawwaha sawwi sawwoo
    sayyara sella semaht shaay shabak shahar shahr shai shakhis shakl shaklah shaklaha shaklo shamel
    shamil shamila shanta shareekat sharika sharikah sharikat sharikatna shart shasha shay shayef
    sheel sheelaha sheeleh sheelha sheelo sheeloh sheelu sherika sherka sherkatna shfeek shghul
    shhar shi shil shilah shilha shilna shino shinoo shinu shisawi shklha shlon shlonak shlonek
    shlonic shlonik shlonkom shlonkum shloon shloonak shloonik shloonkum shno shnu sho shofli
    shofloi shofna shoghl shoghol shokran shokrn shoof shoofli shou shouf shtabi shu shughl shukran
    shukrn shwai shway shwaya shwayya shwy sifr sitt sitta sitteen slam sowar suaal suhula suoal
    surah suwar swi taala taaraf taawla tabdeel tabee tabgha tabghi tabghoon tabi tabun tafadal
    tafadhal tafadhli tafaseel tafasil tagdar tagdaroon tagder tagdron tageeb tagool tagreeban
    tagriban tahal tahat taht tajeebon takalem takfi takfoon takhfeed takhfeedh takhfeeth takhfid
    takhfith takhseem taklfa taklif takrar talab talabat talabi talabia talabiya talabiyya talabna
    talathin talfazyon tam tamaam tamam tamm tammam taqdar taqdaroon taqreeban taqriban tarabeza
    tareeqa tarikh tarish tarishli tarkeb tarkeboon tarkeeb tarkib tarrish tarrsh tarsh tarshli
    tarsho tarshoo tarshooli tarsil tarsilon tarsiloon taseer tasleem taslim tassalim tastimroon
    tathkeer tatris tawajud tawasal tawasel taweel tawfer tawil tawila tawilah tawilat tawla tawlaat
    tawlah tawlat tawseel tawsel tawselon tawsil tawsloon tayar tayeb tayib tayyib teeba tegool
    tejeeb tekfi telefoon telfon tersel tersil tersiloon tesawi teslam teslm tethakar tfadal tfadhal
    thaani thabet thaki thalath thalatha thalatheen thaleth thalith thaman thamania thamn thani
    thania thany thanya tharf thein thnain tislam tislm tmam tmm toloh tora towaseel trkeeb trsl
    tsawi tsawoon tshof tshoof tsleem tslm turash turseel tursil twadni twasel twasil twasloon
    twseel twsel twsil ukht ukhti uktub umma urid uridu wa waafi waahid waayed wadi wadih wafi wagaf
    wagfo wagfu waggif wagif wagt wahad wahda wahdah wahed wahid wain waja wajed wajid wakalat
    wakeel wal wala walad walaikum walaykum waleh walikum walla wallah wallahi waqef waqfo waqif
    waqt warag waraini waraq warini warjini warni warooni warriena warrini warsha wasa wasal wasalni
    wasatli wasel waselni wasil wasit waslat waslni wasslni watha wathah wayad wayah wayak wayakum
    wayd wayed wayid wayn wayyed weesh wein weish wel wen wesalt wesh wia wijha wilaya wla wlah wlla
    wosal wosalt wosel wsal wsalni wsl ya yaa yaani yaatik yabgha yabi yabilna yaboon yafham yaji
    yajoon yakfi yakfoon yaktamil yalah yalla yallah yamdeeni yamdi yamkin yani yanni yasal yasalam
    yasel yasem yasil yasl yateek yatekum yath yatik yatikum yaum yawm yawmain yazeed yazin yebeela
    yebgha yebi yeje yeji yekfi yemken yezeed yijoon yikfi yimdi yisawi yitawal yitkalaf yjeeb yji
    yjoon yom yomain yoom yoslni youm yousal ysal yseer ysir yslm yteek ytrkb yuba yumken yusal
    yusel ywasel ywasil ywsl zad zadt zaid zain zaina zawed zawid zay zayed zayid zayn zeed zeedha
    zeedi zeedo zeen zein zel zena zid zideh zidha zidooni ziyada ziyadah zojaj zoojaj zoud zyada
    zyadah
    """.split()
)

# Articles, pronouns, verbs of everyday and short words of chats: who writes them writes English.
ENGLISH_GRAMMAR = frozenset(
    """
    about above after again all almost already also always am an and another any anyone anything are
    aren't around as ask at available away back be because been before being below best better
    between both bring but buy by call came can can't cannot change cheaper check choose come comes
    could couldn't day deliver did didn't different do does doesn't doing don't done dont down
    during each either else enough even every everything exactly expensive few find fine for from
    get gets getting give go goes going gone good got great had has hasn't have haven't having he
    help her here hers him his how how's however hows i i'd i'll i'm i've if im instead into is
    isn't isnt it it'd it'll it's its just keep know last later least leave less let let's lets like
    little long look looking lot made make makes making many may maybe me mean meant might mine more
    morning most much must my name near need needed needs never new next nice nope nor not nothing
    now of off often oh on once one only onto or order other our ours out over own people possible
    put quick quite rather ready really right same say see seem send sent shall she should show
    since so some someone something soon still stop such sure take taking talk tell than thank that
    that's thats the their them then there there's these they thing things think this those though
    through till to today together told tomorrow tonight too took toward try trying two u under
    until up upon ur us use using very wait wanna want wanted wants was wasn't way we we'd we'll
    we're we've week well were what what's whats when when's where where's which while who who's
    whole why will with within without won't work would wouldn't yeah year yep yesterday yet you
    you'd you'll you're you've your yours
    """.split()
)
