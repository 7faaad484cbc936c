"""Word lists of the grounding check: small, closed, English. Data, no code."""

from __future__ import annotations

from typing import Final

FUNCTION_WORDS: Final = """
    a an the this that these those some any each every either both all such own same other another
    i me my mine myself you your yours yourself he him his himself she her hers herself it its itself we us
    our ours they them their theirs themselves who whom whose which what where when why how one ones oneself
    be am is are was were been being have has had having do does did doing done will would shall should can
    could may might must ought of to in on at by for with from about into onto upon over under between
    among through during before after above below up down out off as than like so then there here too also
    just only even still yet already again very much more most many few little less least rather quite
    and or but nor if because since while although though unless until whether however therefore thus
    it's that's i'm you're he's she's they're we're there's what's who's let's i've you've i'd you'd i'll
    s t re ve ll d m etc eg ie e g via per someone somebody something anyone anybody anything everyone
    everybody everything others person people thing things kind sort type way ways lot lots bit
"""
"""Words that carry no claim of their own. Negators are not among them."""

FRAME_WORDS: Final = """
    mean means meaning meant refer refers referring reference define defines defined definition
    definitions describe describes described describing term terms word words phrase phrases expression
    expressions slang use uses used using usage say says said saying call calls called sense senses source
    sources context contexts example instance often usually typically commonly sometimes generally
    mostly mainly basically essentially simply according plain english indicate indicates denote denotes
    express expresses expressing describe state stating informal informally colloquial colloquially
    tell tells telling told
    especially particularly specifically particular figuratively literally get gets getting make makes making
    go goes going come comes short stand stands form version originally given various
"""
"""Words that dictionaries and models wrap a claim in."""

NEGATORS: Final = """
    not no never none nothing nobody nowhere neither nor without cannot cant dont doesnt isnt arent wasnt
    werent wont wouldnt couldnt shouldnt hasnt havent hadnt didnt lack lacks lacking hardly barely scarcely
    opposite contrary fail fails failing refuse refuses refusing stop stops stopping avoid avoids avoiding
    ignore ignores ignoring free
"""

NUMBER_WORDS: Final = {
    "two": "2",
    "three": "3",
    "four": "4",
    "five": "5",
    "six": "6",
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "thirteen": "13",
    "fourteen": "14",
    "fifteen": "15",
    "sixteen": "16",
    "seventeen": "17",
    "eighteen": "18",
    "nineteen": "19",
    "twenty": "20",
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
}

SYNONYMS: Final = """
good great excellent amazing awesome fantastic wonderful superb brilliant terrific outstanding
excellent exceptional impressive
extremely really highly incredibly extraordinarily intensely super exceedingly exceptionally remarkably
bad awful terrible horrible lousy
mediocre average ordinary unremarkable
lie lying falsehood untruth deceive deception deceit dishonest dishonesty
true truth truthful honest honesty honestly truly genuine genuinely real sincere sincerely authentic
emphasize emphasise stress underline insist
agree agreed agreement consent ok okay yes assent accept acceptance
certain certainly sure surely definitely
angry anger mad furious annoyed annoyance irritated irritation upset bitter bitterness resentful resentment
sad sadness unhappy depressed miserable sorrow
happy happiness glad joy joyful pleased delighted
excited excitement exciting thrilled thrilling enthusiastic enthusiasm
attract attracting attracted attraction attractive charm charming allure appeal appealing seduce
charm flirt flirting flirtatious charisma charismatic
romantic romantically romance love loving dating date
ability skill skilled skilful talent capability able aptitude
throw throwing toss tossing hurl hurling fling flinging chuck
hard force forcefully forceful strongly strong powerful powerfully
clothes clothing outfit outfits attire apparel garment garments wear wearing dressed dress
stylish style fashion fashionable trendy
money cash wealth funds
expensive costly pricey
friend friends mate buddy pal companion
woman women girl girls female lady
man men guy guys male boy
child children kid kids
gossip rumour rumours rumor rumors
news information
suspicious suspect shady dubious untrustworthy
trust trusted trustworthy reliable
quiet quietly silent silently silence
secret secretly discreetly privately private
moderately slightly somewhat
show shows display displays demonstrate demonstrates exhibit exhibits
praise praising compliment complimenting admire admiration
insult insulting offend offensive derogatory
mock mocking ridicule ridiculing tease teasing
laugh laughing laughter laughs
funny humorous amusing hilarious comic humour humor
joke joking jokey jokingly playful playfully humorously
food meal dish eat eating
tasty delicious flavour flavourful
drunk intoxicated drinking drink
tired exhausted weary fatigued exhaustion
crazy insane wild
stupid foolish dumb idiotic silly unintelligent
clever smart intelligent intelligence
beginner novice newcomer newbie inexperienced
expert skilled master
internet online web
message messages text texts texting texted
post posts posting posted
begin beginning start starting starts
end ending ends finish finishing cease
leave leaving depart departing left
steal stealing theft rob robbing
fight fighting brawl quarrel argument arguing dispute conflict feud
work job working employment
fan fans follower followers admirer devotee supporter
devoted devotion obsessive obsessed obsession
celebrity star famous celebrities
big large huge enormous massive giant
small tiny minor trivial petty
quick quickly fast rapid rapidly speedy
look looks appear appears appearance seem seems
relax relaxed relaxing calm chill
reply response answer respond
help helping assist assistance support
fear afraid scared worry worried anxiety anxious
embarrassed embarrassment embarrassing ashamed shame awkward awkwardness
surprise surprised surprising shock shocked shocking
win winning victory won
lose losing loss lost
outdoors outside
reality actual actually
delusional delusion delusions delude deluded
hope hopes hoping wish wishes wishful
believe belief think thinking thinks thought
explanation explaining explain reason
contact communication communicating
talk talking conversation chat chatting speak speaking
cut cutting sever severing
song track music
party parties partying
game games gaming gamer gamers player players play playing
car vehicle automobile
house home
fail failure failing
best greatest top finest
remove removing removed
show-off boast boasting brag bragging
fancy posh upscale classy
greet greeting hello hi
farewell goodbye bye
criticise criticize criticism criticising criticizing
important serious significant
excessive excessively overly
rude impolite disrespectful
cheap inexpensive
ask asking request requesting
approval approve approving
disapproval disapprove disagree disagreement
strange weird odd bizarre unusual peculiar
disgusting gross repulsive revolting nasty
police cop cops officer
young youth teenager teenagers teen teens
try trying attempt attempting
buy buying purchase purchasing
shorten shortening shortened abbreviation abbreviated acronym
"""
"""One group a line. Looser than a thesaurus: it asks "the same claim?", not "the same word?"."""
